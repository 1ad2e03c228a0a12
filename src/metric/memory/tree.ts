/**
 * Every series, by cluster, host, metric, level and id; and the rule by which a value finds its slot.
 *
 * A value belongs to the slot in whose middle it is due. Series begin when they begin, so their slots do not lie at the same
 * times; read, every slot counts as the nearest multiple of the timestep since 1970, so that the curves of many hosts line up.
 */

import type { Instant } from '../../base/clock.ts'
import type { Level } from '../metric.ts'
import type { MeteredCluster } from '../metric-store.ts'
import { ChunkPool } from './chunk.ts'
import { type Metric, overwrite, type Place, Series } from './series.ts'

/** A clock may be in the wrong zone; what lies further ahead was not measured. */
const LONGEST_AHEAD_MS = 24 * 3600 * 1000
/** What a series takes besides its chunks: resident memory over 200,000 series on Node 24. */
const SERIES_BYTES = 1200

export type Levels = Map<Level, Map<string, Series>>
/** By metric. */
export type Host = Map<string, Levels>

export interface ClusterBranch {
  metrics: Map<string, Metric>
  hosts: Map<string, Host>
}

export class Tree {
  readonly pool = new ChunkPool()
  readonly clusters = new Map<string, ClusterBranch>()
  now: Instant = 0
  /** No chunk begins for values before it, but of hosts in `retained`. */
  horizon: Instant = Number.NEGATIVE_INFINITY
  /** Hosts by cluster. */
  retained = new Map<string, ReadonlySet<string>>()
  /** Between these lie all values; they widen with each chunk and narrow with `survey`. */
  oldest: Instant = Number.POSITIVE_INFINITY
  newest: Instant = Number.NEGATIVE_INFINITY
  /** Whether a key of a line leads to a series that went, or to none where one could be now. */
  keysAreStale = false
  #numbered = 0
  #count = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.pool.bytes + this.#count * SERIES_BYTES
  }

  /** Null for a cluster or metric that nobody described. */
  series(place: Place, metricName: string): Series | null {
    const branch = this.clusters.get(place.cluster)
    const metric = branch?.metrics.get(metricName)
    if (!branch || !metric) return null
    const host = branchOf(branch.hosts, place.host, newBranch)
    const ids = branchOf(branchOf(host, metricName, newBranch), place.level, newBranch)
    const known = ids.get(place.id)
    if (known) return known
    this.#numbered += 1
    this.#count += 1
    const series = new Series(this.#numbered, place, metric)
    ids.set(place.id, series)
    return series
  }

  /** False for a value from before the oldest chunk, or from too far ahead. */
  keep(series: Series, at: Instant, value: number): boolean {
    const chunk = series.newest
    if (at >= chunk.start && at < chunk.end) {
      overwrite(chunk, at, value, this.pool)
      return true
    }
    return this.#keepElsewhere(series, at, value)
  }

  /** From now on exactly these metrics; what else there was is dropped. */
  configure(clusters: readonly MeteredCluster[]): void {
    const wanted = new Map(clusters.map(({ cluster, metrics }) => [cluster, new Map(metrics.map((m) => [m.name, m]))]))
    const gone: Series[] = []
    for (const series of this.every()) {
      const metric = wanted.get(series.place.cluster)?.get(series.metric.name)
      if (metric?.timestepMs === series.metric.timestepMs) series.metric = metric
      else gone.push(series)
    }
    for (const series of gone) this.remove(series)
    this.keysAreStale = true
    for (const name of this.clusters.keys()) if (!wanted.has(name)) this.clusters.delete(name)
    for (const [name, metrics] of wanted) this.describe(name).metrics = metrics
  }

  describe(cluster: string): ClusterBranch {
    return branchOf(this.clusters, cluster, () => ({ metrics: new Map(), hosts: new Map() }))
  }

  remove(series: Series): void {
    const { cluster, host, level, id } = series.place
    const hosts = this.clusters.get(cluster)?.hosts
    const metrics = hosts?.get(host)
    const levels = metrics?.get(series.metric.name)
    if (!levels?.get(level)?.delete(id)) return
    for (const chunk of [...series.chunks]) series.drop(chunk, this.pool)
    if (series.isInterned) this.keysAreStale = true
    this.#count -= 1
    if (levels.get(level)?.size === 0) levels.delete(level)
    if (levels.size === 0) metrics?.delete(series.metric.name)
    if (metrics?.size === 0) hosts?.delete(host)
  }

  *every(): Generator<Series> {
    for (const { hosts } of this.clusters.values()) for (const host of hosts.values()) yield* seriesOf(host)
  }

  /** Looks again how far the values reach. */
  survey(): void {
    this.oldest = Number.POSITIVE_INFINITY
    this.newest = Number.NEGATIVE_INFINITY
    for (const { chunks } of this.every()) {
      if (chunks.length === 0) continue
      this.oldest = Math.min(this.oldest, chunks[0]!.start)
      this.newest = Math.max(this.newest, chunks.at(-1)!.end)
    }
  }

  isRetained({ cluster, host }: Place): boolean {
    return this.retained.get(cluster)?.has(host) ?? false
  }

  #keepElsewhere(series: Series, at: Instant, value: number): boolean {
    const { chunks } = series
    let index = chunks.length
    while (index > 0 && chunks[index - 1]!.start > at) index -= 1
    if (index === 0 && chunks.length > 0) return false
    const before = chunks[index - 1]
    if (before && at < before.end) {
      overwrite(before, at, value, this.pool)
      return true
    }
    if (at > this.now + LONGEST_AHEAD_MS || (at < this.horizon && !this.isRetained(series.place))) return false
    const { timestepMs } = series.metric
    const start = Math.max(at - timestepMs / 2, before?.end ?? Number.NEGATIVE_INFINITY)
    const chunk = this.pool.open(start, timestepMs, chunks.length === 0)
    series.add(chunk, index)
    overwrite(chunk, at, value, this.pool)
    this.oldest = Math.min(this.oldest, chunk.start)
    this.newest = Math.max(this.newest, chunk.end)
    return true
  }
}

export function* seriesOf(host: Host): Generator<Series> {
  for (const levels of host.values()) for (const ids of levels.values()) yield* ids.values()
}

const newBranch = () => new Map()

function branchOf<K, B>(branches: Map<K, B>, key: K, make: () => B): B {
  const known = branches.get(key)
  if (known !== undefined) return known
  const branch = make()
  branches.set(key, branch)
  return branch
}
