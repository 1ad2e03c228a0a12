/** A metric store that holds what a test puts in, for tests of those who read from one. */

import { DomainError } from '../../src/base/errors.ts'
import type { HostHealth, MetricStore, Sample, SeriesAnswer, SeriesQuery } from '../../src/metric/metric-store.ts'

export class HandMetrics implements MetricStore {
  /** What was said to `retain` last. */
  retained: Readonly<Record<string, readonly string[]>> = {}
  /** How hosts stand; all others are full. */
  readonly healths = new Map<string, HostHealth>()
  readonly queries: SeriesQuery[] = []
  timestepMs: number
  /** While set, nothing can be read. */
  isGone = false
  #samples: Sample[] = []

  constructor(timestepMs = 60_000) {
    this.timestepMs = timestepMs
  }

  async start(): Promise<void> {}
  async stop(): Promise<void> {}
  async configure(): Promise<void> {}
  async checkpoint(): Promise<void> {}

  put(samples: readonly Sample[]): void {
    this.#samples.push(...samples)
  }

  /** One value a timestep from `from` on, at level node unless said otherwise. */
  draw(
    place: Pick<Sample, 'cluster' | 'host' | 'metric'> & Partial<Sample>,
    from: number,
    values: readonly number[],
  ): void {
    this.put(
      values.map((value, index) => ({ level: 'node', id: '', ...place, at: from + index * this.timestepMs, value })),
    )
  }

  async read(queries: readonly SeriesQuery[]): Promise<SeriesAnswer[][]> {
    if (this.isGone) throw new DomainError('unavailable', 'the metric store is gone')
    this.queries.push(...queries)
    return queries.map((query) => this.#answer(query))
  }

  async health(_cluster: string, hosts: readonly string[]): Promise<HostHealth[]> {
    return hosts.map((host) => this.healths.get(host) ?? { host, state: 'full', missing: [], stale: [] })
  }

  retain(hosts: Readonly<Record<string, readonly string[]>>): void {
    this.retained = hosts
  }

  async write(): Promise<number> {
    throw new Error('put samples instead')
  }

  async free(): Promise<number> {
    return 0
  }

  async describe(): Promise<unknown> {
    return {}
  }

  async usage(): Promise<{ series: number; points: number; bytes: number }> {
    return { series: 0, points: this.#samples.length, bytes: 0 }
  }

  #answer({ cluster, host, metric, level, ids, aggregate, from, to }: SeriesQuery): SeriesAnswer[] {
    const found = this.#samples.filter(
      (one) =>
        one.cluster === cluster &&
        one.host === host &&
        one.metric === metric &&
        one.level === level &&
        (ids.length === 0 || ids.includes(one.id)) &&
        one.at >= from - this.timestepMs / 2 &&
        one.at <= to,
    )
    const byId = Map.groupBy(found, ({ id }) => (aggregate ? '' : id))
    return [...byId].map(([id, samples]) => ({ id, curve: this.#curve(samples) }))
  }

  /** Values of one slot are added up. */
  #curve(samples: readonly Sample[]) {
    const from = Math.min(...samples.map(({ at }) => at))
    const slot = ({ at }: Sample) => Math.round((at - from) / this.timestepMs)
    const values = new Float64Array(Math.max(...samples.map(slot)) + 1).fill(Number.NaN)
    for (const sample of samples) {
      const before = values[slot(sample)]!
      values[slot(sample)] = (Number.isNaN(before) ? 0 : before) + sample.value
    }
    return { from, timestepMs: this.timestepMs, values }
  }
}
