/** Running time without the pauses. Pure: the caller reads the clock, in milliseconds that never jump. */

export class Stopwatch {
  #doneMs = 0
  #sinceMs: number | null

  constructor(nowMs: number) {
    this.#sinceMs = nowMs
  }

  pause(nowMs: number): void {
    this.#doneMs = this.elapsedMs(nowMs)
    this.#sinceMs = null
  }

  resume(nowMs: number): void {
    this.#sinceMs ??= nowMs
  }

  elapsedMs(nowMs: number): number {
    return this.#doneMs + (this.#sinceMs === null ? 0 : nowMs - this.#sinceMs)
  }
}
