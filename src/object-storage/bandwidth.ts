/**
 * How many bytes a second may pass, over all streams of a site together, in both directions.
 *
 * Streams take slices by turns, so that a big one and many small ones share fairly. A slice may overdraw the bucket by
 * itself and then all wait until it is paid for; the average holds whatever the sizes.
 */

import { Transform, type TransformCallback } from 'node:stream'
import { type Clock, systemClock } from '../base/clock.ts'

/** So much may pass at once after a pause. */
const BURST_S = 0.1
const LARGEST_SLICE = 64 * 1024
const SMALLEST_SLICE = 1024
/** Where nothing is limited, so that turns cost nothing; a limit that comes meanwhile holds from the next slice on. */
const FREE_SLICE = 4 * 1024 * 1024

interface Waiter {
  sizeBytes: number
  pass: () => void
}

export class BandwidthLimiter {
  readonly #clock: Clock
  readonly #waiting = new Set<Waiter>()
  /** Infinity where nothing is limited. */
  #bytesPerSecond: number
  #credit: number
  #paidAtMs: number
  #cancelAlarm: (() => void) | undefined

  /** Null for no limit. */
  constructor(bytesPerSecond: number | null, clock: Clock = systemClock) {
    this.#clock = clock
    this.#bytesPerSecond = bytesPerSecond ?? Infinity
    this.#credit = this.#burst()
    this.#paidAtMs = clock.monotonicMs()
  }

  get bytesPerSecond(): number | null {
    return this.#bytesPerSecond === Infinity ? null : this.#bytesPerSecond
  }

  /** From now on, also for those who wait. */
  set bytesPerSecond(bytesPerSecond: number | null) {
    this.#pay()
    this.#bytesPerSecond = bytesPerSecond ?? Infinity
    this.#credit = Math.max(Math.min(this.#credit, this.#burst()), -this.sliceBytes)
    this.#serve()
  }

  /** What a stream takes at a turn. */
  get sliceBytes(): number {
    if (this.#bytesPerSecond === Infinity) return FREE_SLICE
    return Math.min(LARGEST_SLICE, Math.max(SMALLEST_SLICE, Math.floor(this.#bytesPerSecond / 16)))
  }

  /** Resolves when so many bytes may pass. @throws the signal's reason, and then they did not count */
  async take(sizeBytes: number, signal?: AbortSignal): Promise<void> {
    for (let left = sizeBytes; left > 0; ) {
      const slice = Math.min(left, this.sliceBytes)
      await this.#takeSlice(slice, signal)
      left -= slice
    }
  }

  /** A stream to put into a pipeline: what comes out has passed the limit. */
  stream(): Transform {
    return new LimitedStream(this)
  }

  #takeSlice(sizeBytes: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const waiter: Waiter = { sizeBytes, pass: resolve }
      this.#waiting.add(waiter)
      if (signal !== undefined) {
        const leave = () => {
          this.#waiting.delete(waiter)
          reject(signal.reason)
        }
        signal.addEventListener('abort', leave, { once: true })
        waiter.pass = () => {
          signal.removeEventListener('abort', leave)
          resolve()
        }
      }
      this.#serve()
    })
  }

  #serve(): void {
    this.#cancelAlarm?.()
    this.#cancelAlarm = undefined
    this.#pay()
    for (const waiter of this.#waiting) {
      if (this.#credit <= 0) break
      this.#waiting.delete(waiter)
      this.#credit -= waiter.sizeBytes
      waiter.pass()
    }
    if (this.#waiting.size === 0) return
    const delayMs = Math.max(1, Math.ceil((-this.#credit / this.#bytesPerSecond) * 1000) + 1)
    this.#cancelAlarm = this.#clock.after(delayMs, () => this.#serve())
  }

  #pay(): void {
    const now = this.#clock.monotonicMs()
    const earned = ((now - this.#paidAtMs) / 1000) * this.#bytesPerSecond
    // Infinity × 0 s is no number.
    this.#credit = this.#bytesPerSecond === Infinity ? Infinity : Math.min(this.#burst(), this.#credit + earned)
    this.#paidAtMs = now
  }

  #burst(): number {
    return this.#bytesPerSecond * BURST_S
  }
}

class LimitedStream extends Transform {
  readonly #limiter: BandwidthLimiter
  readonly #destroyed = new AbortController()

  constructor(limiter: BandwidthLimiter) {
    super({ highWaterMark: LARGEST_SLICE })
    this.#limiter = limiter
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pass(chunk).then(() => done(), done)
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#destroyed.abort()
    done(error)
  }

  /** Slice by slice, so that a big chunk does not come out in one burst. */
  async #pass(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      const slice = chunk.subarray(at, at + this.#limiter.sliceBytes)
      await this.#limiter.take(slice.length, this.#destroyed.signal)
      this.push(slice)
      at += slice.length
    }
  }
}
