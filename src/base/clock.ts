/** Time, handed over as a part so that a test can turn it; the only place that reads the system's clocks. */

/** Epoch milliseconds. */
export type Instant = number

export interface Clock {
  /** Wall-clock time, for what is stored and shown. */
  now(): Instant
  /** Milliseconds that never jump, for durations and deadlines. */
  monotonicMs(): number
  /** Calls `run` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, run: () => void): () => void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, run) {
    const timer = setTimeout(run, delayMs)
    timer.unref()
    return () => clearTimeout(timer)
  },
}
