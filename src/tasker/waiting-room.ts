/** Orders that came before there was a place for them: they start in turn as places come free, or go back after a while. */

import type { Clock } from '../base/clock.ts'
import type { Attempt, StartOrder } from '../executor/executor.ts'
import { keyOf } from './journal-entry.ts'

interface Waiting {
  order: StartOrder
  /** Ends the waiting without a start. */
  cancel: () => void
}

export class WaitingRoom {
  readonly #clock: Clock
  readonly #waiting = new Map<string, Waiting>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get size(): number {
    return this.#waiting.size
  }

  has(attempt: Attempt): boolean {
    return this.#waiting.has(keyOf(attempt))
  }

  attempts(): Attempt[] {
    return [...this.#waiting.values()].map(({ order: { jobId, attempt } }) => ({ jobId, attempt }))
  }

  /** Lets the order wait for as long as it may; `giveUp` is called when that is over. */
  add(order: StartOrder, giveUp: () => void): void {
    const key = keyOf(order)
    const cancel = this.#clock.after(order.place?.patienceMs ?? 0, () => {
      if (this.#waiting.delete(key)) giveUp()
    })
    this.#waiting.set(key, { order, cancel })
  }

  /** The first order, if it may start while so many run. */
  takeFirst(runningCount: number): StartOrder | undefined {
    const [first] = this.#waiting.values()
    return first && runningCount < (first.order.place?.atMost ?? 0) ? this.take(first.order) : undefined
  }

  take(attempt: Attempt): StartOrder | undefined {
    const key = keyOf(attempt)
    const found = this.#waiting.get(key)
    found?.cancel()
    this.#waiting.delete(key)
    return found?.order
  }
}
