/**
 * One amount that a changing set of processes uses up: each process tells its own and that of the children it has waited
 * for. What a process had used when it was last seen stays in the sum when it ends, whether it was waited for or not; what
 * it used after that is known only where its parent waits for it.
 */

export interface Reading {
  pid: number
  /** Tells a process from an earlier one with the same pid. */
  startTime: string
  parent: number
  /** undefined where it cannot be read now. */
  amount: number | undefined
}

interface Seen {
  startTime: string
  parent: number
  amount: number
  /** Counted for descendants that are gone and have not shown up in its own amount yet. */
  owed: number
}

export class Tally {
  #seen = new Map<number, Seen>()
  /** Of processes that are gone, and whose forebears are. */
  #gone = 0

  /** The sum so far, given the readings of all that live; it never falls. */
  add(readings: readonly Reading[]): number {
    const before = this.#seen
    this.#seen = new Map(readings.map((reading) => [reading.pid, entryOf(reading, before.get(reading.pid))]))
    for (const [pid, { startTime, amount, owed }] of before) {
      if (this.#seen.get(pid)?.startTime !== startTime) this.#bequeath(pid, before, amount + owed)
    }
    let sum = this.#gone
    for (const [pid, entry] of this.#seen) {
      const last = before.get(pid)
      // What it has waited for meanwhile was counted already, as far as it was seen alive.
      if (last?.startTime === entry.startTime) entry.owed = Math.max(0, entry.owed - (entry.amount - last.amount))
      sum += entry.amount + entry.owed
    }
    return sum
  }

  /** To the nearest forebear that lives, who may wait for it yet. */
  #bequeath(pid: number, before: ReadonlyMap<number, Seen>, amount: number): void {
    let heir = before.get(pid)?.parent
    // Parents may go round in a ring, since a pass over /proc is not one instant.
    for (let steps = before.size; steps > 0 && heir !== undefined; steps--) {
      const known = before.get(heir)
      const living = this.#seen.get(heir)
      if (living && living.startTime === known?.startTime) {
        living.owed += amount
        return
      }
      heir = known?.parent
    }
    this.#gone += amount
  }
}

function entryOf({ startTime, parent, amount }: Reading, before: Seen | undefined): Seen {
  const last = before?.startTime === startTime ? before : undefined
  const known = last?.amount ?? 0
  return { startTime, parent, amount: Math.max(amount ?? known, known), owed: last?.owed ?? 0 }
}
