/** Brings back what the files of a checkpoint directory hold. */

import type { Instant } from '../../../base/clock.ts'
import { CHUNK_SLOTS } from '../chunk.ts'
import type { Metric, Place, Series } from '../series.ts'
import type { Tree } from '../tree.ts'
import { fitInto } from '../upkeep.ts'
import { type FileRecord, KIND, readRecords } from './record.ts'

export class Recovery {
  readonly #tree: Tree
  readonly #limitBytes: number
  /** By their number in the file that is being read. */
  #series = new Map<number, Series>()

  constructor(tree: Tree, limitBytes: number) {
    this.#tree = tree
    this.#limitBytes = limitBytes
  }

  /** @throws system errors */
  read(path: string, magic: Buffer): void {
    this.#series = new Map()
    for (const record of readRecords(path, magic)) {
      this.#apply(record)
      if (this.#tree.bytes > this.#limitBytes) fitInto(this.#tree, this.#limitBytes)
    }
  }

  #apply({ kind, a, b, body }: FileRecord): void {
    if (kind === KIND.series) this.#meet(a, body)
    else if (kind === KIND.values) this.#keep(a, body)
    else if (kind === KIND.dropped) this.#series.get(a)?.dropBefore(b, this.#tree.pool)
    else if (kind === KIND.chunk) this.#place(this.#known(a), b, doubles(body))
  }

  /** A metric whose timestep has changed since begins anew. */
  #meet(number: number, body: Buffer): void {
    const { place, metric } = JSON.parse(body.toString()) as { place: Place; metric: Metric }
    const { metrics } = this.#tree.describe(place.cluster)
    const known = metrics.get(metric.name)
    if (known?.timestepMs !== metric.timestepMs) {
      const old = [...this.#tree.every()].filter((series) => series.metric === known)
      for (const series of old) this.#tree.remove(series)
      metrics.set(metric.name, metric)
    }
    const series = this.#tree.series(place, metric.name)
    if (series) this.#series.set(number, series)
  }

  /** The series in the tree, also after it was dropped to make room. */
  #known(number: number): Series | undefined {
    const series = this.#series.get(number)
    if (!series || series.chunks.length > 0) return series
    const present = this.#tree.series(series.place, series.metric.name)
    if (present?.metric.timestepMs !== series.metric.timestepMs) return undefined
    this.#series.set(number, present)
    return present
  }

  #keep(count: number, body: Buffer): void {
    const columnBytes = count * Float64Array.BYTES_PER_ELEMENT
    const times = doubles(body.subarray(0, columnBytes))
    const values = doubles(body.subarray(columnBytes, 2 * columnBytes))
    for (let index = 0; index < count; index += 1) {
      const series = this.#known(body.readUInt32LE(2 * columnBytes + index * 4))
      if (series) this.#tree.keep(series, times[index]!, values[index]!)
    }
  }

  #place(series: Series | undefined, start: Instant, values: Float64Array): void {
    if (!series || values.length === 0 || values.length > CHUNK_SLOTS) return
    const { pool } = this.#tree
    const chunk = pool.open(start, series.metric.timestepMs, series.chunks.length === 0)
    if (values.length > chunk.values.length) pool.grow(chunk, values.length - 1)
    chunk.values.set(values)
    chunk.used = values.length
    for (const value of values) if (!Number.isNaN(value)) chunk.points += 1
    series.add(chunk)
  }
}

/** A copy that is aligned as doubles must be. */
function doubles(bytes: Buffer): Float64Array {
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer)
}
