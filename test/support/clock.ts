/** A clock that a test turns by hand. */

import type { Clock, Instant } from '../../src/base/clock.ts'

interface Alarm {
  atMs: number
  run: () => void
}

export class HandClock implements Clock {
  #nowMs: Instant
  #alarms: Alarm[] = []

  constructor(nowMs: Instant = Date.UTC(2026, 10, 21, 9, 0, 0)) {
    this.#nowMs = nowMs
  }

  now(): Instant {
    return this.#nowMs
  }

  monotonicMs(): number {
    return this.#nowMs
  }

  after(delayMs: number, run: () => void): () => void {
    const alarm = { atMs: this.#nowMs + delayMs, run }
    this.#alarms.push(alarm)
    return () => {
      this.#alarms = this.#alarms.filter((other) => other !== alarm)
    }
  }

  /** Lets time pass, and what was to happen in it happen in order. */
  turn(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    for (;;) {
      const [next] = this.#alarms.filter(({ atMs }) => atMs <= untilMs).sort((a, b) => a.atMs - b.atMs)
      if (!next) break
      this.#alarms = this.#alarms.filter((other) => other !== next)
      this.#nowMs = next.atMs
      next.run()
    }
    this.#nowMs = untilMs
  }
}
