/** How lines and samples become values of series. */

import type { Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import { KeyTable } from '../line/key-table.ts'
import type { LineKey } from '../line/line-key.ts'
import { LineParser } from '../line-protocol.ts'
import { type Level, SCOPES } from '../metric.ts'
import type { Sample } from '../metric-store.ts'
import type { Checkpoints } from './checkpoint/checkpoints.ts'
import { type Place, type Series, SUB } from './series.ts'
import type { Tree } from './tree.ts'

const LINE_LEVELS: ReadonlySet<string> = new Set(SCOPES)

interface Body {
  parser: LineParser<Series>
  kept: number
}

export class Ingest {
  readonly #tree: Tree
  readonly #checkpoints: Checkpoints
  readonly #keyBytes: number
  readonly #bodies = new Map<number, Body>()
  /** By the cluster of lines that name none. */
  readonly #keys = new Map<string, KeyTable<Series>>()

  constructor(tree: Tree, checkpoints: Checkpoints, keyBytes: number) {
    this.#tree = tree
    this.#checkpoints = checkpoints
    this.#keyBytes = keyBytes
  }

  /** Of what the keys of lines take. */
  get bytes(): number {
    let bytes = 0
    for (const { heldBytes } of this.#keys.values()) bytes += heldBytes
    return bytes
  }

  open(id: number, cluster: string): void {
    const accept = (series: Series, at: Instant, value: number) => {
      if (this.#keep(series, at, value)) body.kept += 1
    }
    const body: Body = { parser: new LineParser({ keys: this.#keysFor(cluster), accept }), kept: 0 }
    this.#bodies.set(id, body)
  }

  /** @throws invalid, and unavailable for a body that nobody opened or that was refused before */
  read(id: number, bytes: Uint8Array): void {
    const body = this.#body(id)
    try {
      body.parser.push(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), this.#tree.now)
    } catch (error) {
      this.#bodies.delete(id)
      throw error
    }
  }

  /** @throws as `read` */
  end(id: number): number {
    const body = this.#body(id)
    this.#bodies.delete(id)
    body.parser.end(this.#tree.now)
    return body.kept
  }

  abandon(id: number): void {
    this.#bodies.delete(id)
  }

  put(samples: readonly Sample[]): void {
    for (const { cluster, host, level, id, metric, at, value } of samples) {
      const series = this.#tree.series({ cluster, host, level, id }, metric)
      if (series && Number.isFinite(value) && Number.isFinite(at)) this.#keep(series, at, value)
    }
  }

  /** After series went, or others could be. */
  forgetKeys(): void {
    for (const keys of this.#keys.values()) keys.clear()
  }

  /** A body that began before the thread was started again is not known to it. */
  #body(id: number): Body {
    const body = this.#bodies.get(id)
    if (!body) throw new DomainError('unavailable', 'not every line was kept; send them again')
    return body
  }

  #keep(series: Series, at: Instant, value: number): boolean {
    const kept = this.#tree.keep(series, at, value)
    if (kept) this.#checkpoints.add(series, at, value)
    return kept
  }

  /** Clusters that nobody described share one table: they are told apart in nothing. */
  #keysFor(named: string): KeyTable<Series> {
    const cluster = this.#tree.clusters.has(named) ? named : ''
    const known = this.#keys.get(cluster)
    if (known) return known
    const keys = new KeyTable((key) => this.#seriesOf(key, cluster), this.#keyBytes)
    this.#keys.set(cluster, keys)
    return keys
  }

  #seriesOf({ measurement, tags }: LineKey, defaultCluster: string): Series | null {
    const place = placeOf(tags, defaultCluster)
    const series = place && this.#tree.series(place, measurement)
    if (series) series.isInterned = true
    return series
  }
}

/** Null for a line that does not say where it was measured, or says it in a way that we have no level for. */
function placeOf(tags: LineKey['tags'], defaultCluster: string): Place | null {
  const host = tags.get('hostname') || tags.get('host')
  const type = tags.get('type') || 'node'
  const id = type === 'node' ? '' : tags.get('type-id')
  if (!host || id === undefined || !LINE_LEVELS.has(type)) return null
  const part = tags.get('stype') ? `${SUB}${tags.get('stype')}${tags.get('stype-id') ?? ''}` : ''
  return { cluster: tags.get('cluster') || defaultCluster, host, level: type as Level, id: `${id}${part}` }
}
