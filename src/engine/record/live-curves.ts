/** The curves of a run from the metric store: of which hosts and parts of hosts, put together in the time of the run. */

import type { Instant } from '../../base/clock.ts'
import { type JobRecord, type Resource, runtimeMs } from '../../job/record.ts'
import type { Clusters, MetricConfig, SubCluster } from '../../metric/cluster/cluster.ts'
import { JOB_METRICS } from '../../metric/cluster/host-cluster.ts'
import { translateScope } from '../../metric/cluster/scope.ts'
import type { Curve, JobMetric, Scope, Series } from '../../metric/metric.ts'
import type { MetricStore, SeriesAnswer, SeriesQuery } from '../../metric/metric-store.ts'
import { statisticsOf } from '../../metric/statistics.ts'
import { runKey } from './run-key.ts'

export interface LiveRequest {
  /** undefined for all of the sub-cluster. */
  metrics?: readonly string[]
  scopes: readonly Scope[]
  now: Instant
}

/** One metric at one scope, with what to read for it. */
interface Plan {
  config: MetricConfig
  scope: Scope
  reads: PlannedRead[]
}

interface PlannedRead {
  query: SeriesQuery
  /** Of the series; undefined where each answer has its own. */
  seriesId: string | null | undefined
}

/** A run whose start is told so far before its first value is shown from that value on. */
const MOST_LEADING_GAPS = 100_000

/** The description of the nodes that a run had; undefined when nobody describes them any more. */
export function subClusterOf(
  clusters: Clusters,
  record: Pick<JobRecord, 'cluster' | 'subCluster' | 'resources'>,
): SubCluster | undefined {
  const named = clusters.get(record.cluster)?.subClusters.find(({ name }) => name === record.subCluster)
  const [first] = record.resources
  return named ?? (first && clusters.subClusterOf(record.cluster, first.hostname))
}

/** Metrics without any value are left out. @throws unavailable */
export async function liveCurves(
  { clusters, metrics }: { clusters: Clusters; metrics: Pick<MetricStore, 'read'> },
  record: JobRecord,
  request: LiveRequest,
): Promise<JobMetric[]> {
  const subCluster = subClusterOf(clusters, record)
  if (!subCluster) return []
  const plans = plansFor(record, subCluster, request)
  const answers = await metrics.read(plans.flatMap(({ reads }) => reads.map(({ query }) => query)))
  let next = 0
  return plans.flatMap((plan) => {
    const own = answers.slice(next, next + plan.reads.length)
    next += plan.reads.length
    return assembled(plan, own, record.startedAt)
  })
}

function plansFor(record: JobRecord, subCluster: SubCluster, request: LiveRequest): Plan[] {
  const wanted = request.metrics && new Set(request.metrics)
  const plans = new Map<string, Plan>()
  for (const config of subCluster.metrics) {
    if (wanted && !wanted.has(config.name)) continue
    for (const requested of request.scopes) {
      const plan = planFor(record, subCluster, config, { requested, now: request.now })
      const key = `${config.name} ${plan.scope}`
      if (plan.reads.length > 0 && !plans.has(key)) plans.set(key, plan)
    }
  }
  return [...plans.values()]
}

function planFor(
  record: JobRecord,
  subCluster: SubCluster,
  config: MetricConfig,
  { requested, now }: { requested: Scope; now: Instant },
): Plan {
  const range = { from: record.startedAt, to: record.startedAt + Math.max(0, runtimeMs(record, now)) }
  const base = { cluster: record.cluster, metric: config.name, ...range }
  if (isOwnMetric(record, config))
    return { config, scope: 'node', reads: record.resources.map((resource) => ownRead(record, resource, base)) }
  const plan: Plan = { config, scope: config.scope, reads: [] }
  for (const { hostname, hwthreads, accelerators } of record.resources) {
    const translation = translateScope(config.scope, requested, {
      topology: subCluster.topology,
      hwthreads,
      accelerators,
    })
    plan.scope = translation.scope
    for (const { level, ids, aggregate, seriesId } of translation.reads)
      plan.reads.push({
        query: { ...base, host: hostname, level, ids, aggregate },
        seriesId: aggregate || level === 'node' ? seriesId : undefined,
      })
  }
  return plan
}

/** Values of the run's own processes lie under its key, and not under the host. */
function isOwnMetric({ origin }: JobRecord, { name }: MetricConfig): boolean {
  return origin === 'engine' && (JOB_METRICS as readonly string[]).includes(name)
}

function ownRead(
  { jobId, attempt }: JobRecord,
  { hostname }: Resource,
  base: Pick<SeriesQuery, 'cluster' | 'metric' | 'from' | 'to'>,
): PlannedRead {
  const ids = [runKey(jobId, attempt)]
  return { query: { ...base, host: hostname, level: 'job', ids, aggregate: false }, seriesId: null }
}

function assembled(
  { config, scope, reads }: Plan,
  answers: readonly SeriesAnswer[][],
  startedAt: Instant,
): JobMetric[] {
  const curves = answers.flat().map(({ curve }) => curve)
  if (curves.length === 0) return []
  const timestepMs = config.timestepSeconds * 1000
  const origin = originOf(curves, startedAt, timestepMs)
  const end = curves.reduce(
    (latest, curve) => Math.max(latest, curve.from + curve.values.length * curve.timestepMs),
    origin,
  )
  const length = Math.max(0, Math.round((end - origin) / timestepMs))
  const series = reads.flatMap(({ query, seriesId }, index) =>
    (answers[index] ?? []).map(({ id, curve }): Series => {
      const values = aligned(curve, origin, length)
      return {
        hostname: query.host,
        id: seriesId === undefined ? id : seriesId,
        statistics: statisticsOf(values),
        values,
      }
    }),
  )
  return [
    {
      metric: config.name,
      scope,
      unit: config.unit,
      timestepSeconds: config.timestepSeconds,
      series,
      statisticsSeries: null,
    },
  ]
}

/** The time of the first value of all series: the slot of the run's start. */
function originOf(curves: readonly Curve[], startedAt: Instant, timestepMs: number): Instant {
  const earliest = curves.reduce((least, { from }) => Math.min(least, from), Number.POSITIVE_INFINITY)
  const leading = Math.max(0, Math.ceil((earliest - startedAt) / timestepMs - 0.5))
  return leading > MOST_LEADING_GAPS ? earliest : earliest - leading * timestepMs
}

function aligned({ from, timestepMs, values }: Curve, origin: Instant, length: number): Float64Array {
  const offset = Math.round((from - origin) / timestepMs)
  if (offset === 0 && values.length === length) return values
  const result = new Float64Array(length).fill(Number.NaN)
  result.set(values.subarray(0, Math.max(0, length - offset)), offset)
  return result
}
