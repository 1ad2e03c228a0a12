/** One metric measured at one place, as a chain of chunks. */

import type { Instant } from '../../base/clock.ts'
import type { Aggregation, Level } from '../metric.ts'
import { Chunk, type ChunkPool } from './chunk.ts'

export interface Metric {
  name: string
  timestepMs: number
  aggregation: Aggregation
}

export interface Place {
  cluster: string
  host: string
  level: Level
  /** Behind `SUB`, what the place is divided into (`stype` and `stype-id`). */
  id: string
}

/** Between an id and its part; no id of a collector has it. */
export const SUB = '\u001f'

/** Never written to: the first value of a series finds no chunk that has its time. */
const NONE = new Chunk(Number.POSITIVE_INFINITY, 1, new Float64Array(0))

export class Series {
  readonly number: number
  readonly place: Place
  metric: Metric
  /** By start; each begins where the one before ends, or later. */
  readonly chunks: Chunk[] = []
  newest: Chunk = NONE
  /** Which log names this series by its number. */
  introducedIn = -1
  /** Whether the key of a line leads here. */
  isInterned = false

  constructor(number: number, place: Place, metric: Metric) {
    this.number = number
    this.place = place
    this.metric = metric
  }

  add(chunk: Chunk, index = this.chunks.length): void {
    this.chunks.splice(index, 0, chunk)
    this.newest = this.chunks.at(-1)!
  }

  /** Answers how many chunks went that have nothing since `before`. */
  dropBefore(before: Instant, pool: ChunkPool): number {
    const old = this.chunks.filter(({ until }) => until <= before)
    for (const chunk of old) this.drop(chunk, pool)
    return old.length
  }

  drop(chunk: Chunk, pool: ChunkPool): void {
    const index = this.chunks.indexOf(chunk)
    if (index < 0) return
    this.chunks.splice(index, 1)
    this.newest = this.chunks.at(-1) ?? NONE
    pool.close(chunk)
  }
}

/** Several values in one slot: the last counts. The chunk must have the time. */
export function overwrite(chunk: Chunk, at: Instant, value: number, pool: ChunkPool): void {
  const index = Math.floor((at - chunk.start) / chunk.timestepMs)
  if (index >= chunk.values.length) pool.grow(chunk, index)
  const { values } = chunk
  if (Number.isNaN(values[index]!)) chunk.points += 1
  values[index] = value
  if (index >= chunk.used) chunk.used = index + 1
}
