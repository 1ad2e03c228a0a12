/** Samples that wait for a server: those of the last quarter of an hour, further apart where they are too many. */

import type { ExecutorSamples } from '../executor/executor.ts'

const KEEP_MS = 15 * 60_000
/** Samples of runs; one takes some 150 bytes. */
const MOST_RUNS = 20_000
const FIRST_GAP_MS = 1000

export class Backlog {
  #kept: ExecutorSamples[] = []
  #runCount = 0
  /** Least time between two looks at runs. */
  #gapMs = 0

  add(samples: ExecutorSamples): void {
    if (this.#isTooSoon(samples)) return
    this.#kept.push(samples)
    this.#runCount += samples.runs.length
    const oldest = samples.at - KEEP_MS
    while (this.#kept.length > 0 && (this.#kept[0]?.at ?? 0) < oldest) {
      this.#runCount -= this.#kept.shift()?.runs.length ?? 0
    }
    while (this.#runCount > MOST_RUNS && this.#gapMs < KEEP_MS) this.#thin()
  }

  /** All of them, which are then forgotten. */
  take(): ExecutorSamples[] {
    const kept = this.#kept
    this.#kept = []
    this.#runCount = 0
    this.#gapMs = 0
    return kept
  }

  #isTooSoon({ at, runs }: ExecutorSamples): boolean {
    if (this.#gapMs === 0 || runs.length === 0) return false
    const last = this.#kept.findLast((other) => other.runs.length > 0)
    return last !== undefined && Math.abs(at - last.at) < this.#gapMs
  }

  /** Leaves looks twice as far apart as before: their sums never fall, so that a curve gets coarser and no hole. */
  #thin(): void {
    this.#gapMs = Math.max(FIRST_GAP_MS, this.#gapMs) * 2
    const all = this.#kept
    this.#kept = []
    this.#runCount = 0
    for (const samples of all) {
      if (this.#isTooSoon(samples)) continue
      this.#kept.push(samples)
      this.#runCount += samples.runs.length
    }
  }
}
