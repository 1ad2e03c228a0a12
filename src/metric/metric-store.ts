/**
 * Where measured values live while they are young, as a contract: ring buffers in memory, made durable in intervals.
 * `memory/` answers it on a thread of its own.
 */

import type { Instant } from '../base/clock.ts'
import type { Service } from '../base/service.ts'
import type { Aggregation, Curve, Level } from './metric.ts'

/** What a cluster measures; values of other metrics are passed over in silence (spec/cockpit.md 4.1). */
export interface MeteredCluster {
  cluster: string
  metrics: readonly { name: string; timestepMs: number; aggregation: Aggregation }[]
}

/** One measured value from inside the server. */
export interface Sample {
  cluster: string
  host: string
  metric: string
  level: Level
  /** '' at level node. */
  id: string
  at: Instant
  value: number
}

export interface SeriesQuery {
  cluster: string
  host: string
  metric: string
  level: Level
  /** Which children of the level; empty at level node, and for all that there are. */
  ids: readonly string[]
  /** One curve over all ids by the metric's aggregation, instead of one an id; at level node without values of its own, over its children. */
  aggregate: boolean
  /** Every slot that touches the time from here to `to` is in the curve, as far as the store's values reach at all. */
  from: Instant
  to: Instant
}

/**
 * The curves of one query, one an id; empty for a host or metric without values. Slots lie at multiples of the timestep since
 * 1970, so curves of one metric and span have the same `from` and length, whatever hosts and ids they are of.
 */
export interface SeriesAnswer {
  /** '' for a curve that was made of many. */
  id: string
  curve: Curve
}

/** A branch of the tree cluster > host > LEVELID, as `["emmy","e0101","socket0"]`. */
export type Selector = readonly string[]

export interface HostHealth {
  host: string
  state: 'full' | 'partial' | 'failed'
  /** Metrics without a buffer, and those whose last values are missing. */
  missing: readonly string[]
  stale: readonly string[]
}

export interface MetricStore extends Service {
  /** From now on exactly these are kept; what else there was is dropped. */
  configure(clusters: readonly MeteredCluster[]): Promise<void>
  /**
   * Reads line protocol as it comes in, never more than a piece of it in memory; answers how many values were kept.
   * @throws invalid for the first line that cannot be read, naming host and reason; the lines before it are kept (spec/cockpit.md 4.1)
   */
  write(body: AsyncIterable<Uint8Array>, defaults: { cluster: string }): Promise<number>
  /** Fire and forget. */
  put(samples: readonly Sample[]): void
  /** Answers in the order of the queries. */
  read(queries: readonly SeriesQuery[]): Promise<SeriesAnswer[][]>
  /** Drops what is older than `before`, below the selectors or everywhere; answers how many buffers. */
  free(before: Instant, selectors: readonly Selector[]): Promise<number>
  /** Every buffer below a selector: since when, how many values, until when (unix s); nested by LEVELID. @throws not_found */
  describe(selector: Selector): Promise<unknown>
  /** @throws nothing: a host that was never heard of has failed */
  health(cluster: string, hosts: readonly string[], metrics: readonly string[]): Promise<HostHealth[]>
  /** Hosts whose values are kept beyond the retention, since jobs run there. */
  retain(hosts: Readonly<Record<string, readonly string[]>>): void
  /** What it holds now. */
  usage(): Promise<{ series: number; points: number; bytes: number }>
  /** Everything accepted so far survives a kill -9 when this settles. */
  checkpoint(): Promise<void>
}
