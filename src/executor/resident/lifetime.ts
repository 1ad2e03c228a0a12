/** When a resident has nothing left to live for: told to retire and idle, or idle and alone for long. */

import type { Clock } from '../../base/clock.ts'

const ALONE_MS = 600_000

export interface LifetimeParts {
  clock: Clock
  /** Nothing runs. */
  isIdle(): boolean
  /** Nothing runs and every end is stored. */
  isQuiet(): boolean
  isConnected(): boolean
  end(reason: string): void
}

export class Lifetime {
  readonly #parts: LifetimeParts
  #isRetiring = false
  #aloneSinceMs: number | null = null
  #cancel: () => void = () => {}

  constructor(parts: LifetimeParts) {
    this.#parts = parts
  }

  /** What is not stored yet is kept for the next one. */
  retire(): void {
    this.#isRetiring = true
    this.consider()
  }

  /** To be called when a server came or left, and when an attempt ended or its end was stored. */
  consider(): void {
    const { clock, isIdle, isQuiet, isConnected, end } = this.#parts
    const now = clock.monotonicMs()
    if (isConnected()) this.#aloneSinceMs = null
    else this.#aloneSinceMs ??= now
    this.#cancel()
    if (this.#isRetiring && isIdle()) end('told to retire, and nothing runs')
    if (this.#aloneSinceMs === null) return
    const leftMs = this.#aloneSinceMs + ALONE_MS - now
    if (leftMs > 0) this.#cancel = clock.after(leftMs, () => this.consider())
    else if (isQuiet()) end('no server for ten minutes, and nothing runs')
  }

  /** A server that came back needs it after all. */
  stay(): void {
    this.#isRetiring = false
    this.consider()
  }
}
