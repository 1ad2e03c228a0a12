/** A stretch of one series: values at even distances, NaN where nothing was measured (spec/cockpit.md 4.2). */

import type { Instant } from '../../base/clock.ts'

export const CHUNK_SLOTS = 512
/** The first chunk of a series begins small, since a short run never needs more. */
const SIZES = [32, 128, CHUNK_SLOTS] as const
/** What an array and its chunk take besides the values: resident memory over 200,000 chunks on Node 24. */
const OVERHEAD_BYTES = 510
/** Arrays kept for the next chunk: 4 MiB. */
const MOST_SPARE = 1024

export class Chunk {
  /** Half a step before the first value: values fall in the middle of their slots, whatever their distance jitters. */
  readonly start: Instant
  readonly end: Instant
  readonly timestepMs: number
  /** The first slot's number on the grid that all series of the timestep share: its middle, counted in steps since 1970, rounded. */
  readonly firstSlot: number
  values: Float64Array
  /** Slots up to the last that has a value. */
  used = 0
  /** Slots that have a value. */
  points = 0

  constructor(start: Instant, timestepMs: number, values: Float64Array) {
    this.start = start
    this.end = start + timestepMs * CHUNK_SLOTS
    this.timestepMs = timestepMs
    this.firstSlot = Math.floor(start / timestepMs) + 1
    this.values = values
  }

  /** When the last slot with a value ends. */
  get until(): Instant {
    return this.start + this.used * this.timestepMs
  }
}

/** Where the arrays of chunks come from and go to. */
export class ChunkPool {
  /** In chunks now. */
  bytes = 0
  readonly #spare: Float64Array[] = []

  open(start: Instant, timestepMs: number, isFirst: boolean): Chunk {
    return new Chunk(start, timestepMs, this.#take(isFirst ? SIZES[0] : CHUNK_SLOTS))
  }

  /** Makes room for the slot `index`. */
  grow(chunk: Chunk, index: number): void {
    const larger = this.#take(SIZES.find((size) => size > index)!)
    larger.set(chunk.values)
    this.#give(chunk.values)
    chunk.values = larger
  }

  close(chunk: Chunk): void {
    this.#give(chunk.values)
  }

  #take(length: number): Float64Array {
    this.bytes += length * Float64Array.BYTES_PER_ELEMENT + OVERHEAD_BYTES
    const values = (length === CHUNK_SLOTS && this.#spare.pop()) || new Float64Array(length)
    return values.fill(Number.NaN)
  }

  #give(values: Float64Array): void {
    this.bytes -= values.length * Float64Array.BYTES_PER_ELEMENT + OVERHEAD_BYTES
    if (values.length === CHUNK_SLOTS && this.#spare.length < MOST_SPARE) this.#spare.push(values)
  }
}
