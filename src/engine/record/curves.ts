/** The curves of a run: from memory while they are young, from the archive once it has them. */

import type { Instant } from '../../base/clock.ts'
import type { JobRecord } from '../../job/record.ts'
import type { Archive } from '../../metric/archive/archive.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'
import { type JobMetric, SCOPES, type Scope } from '../../metric/metric.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import { resampleMetric } from '../../metric/resample.ts'
import { withStatisticsSeries } from '../../metric/statistics-series.ts'
import { liveCurves } from './live-curves.ts'
import type { CurveRequest } from './records.ts'

export interface CurveParts {
  clusters: Clusters
  metrics: Pick<MetricStore, 'read'>
  archive: Archive
}

export interface PermittedRequest extends CurveRequest {
  /** Metrics that are kept from who asks. */
  hidden: ReadonlySet<string>
  now: Instant
}

/** @throws not_found where the archive has lost a run, unavailable */
export async function curvesOf(parts: CurveParts, record: JobRecord, request: PermittedRequest): Promise<JobMetric[]> {
  const { metrics, hidden, mostPoints } = request
  const permitted = metrics?.filter((name) => !hidden.has(name))
  if (permitted?.length === 0) return []
  const wanted = { ...request, ...(permitted && { metrics: permitted }) }
  const found = await (record.monitoring === 'archived'
    ? keptCurves(parts.archive, record, wanted)
    : liveCurves(parts, record, wanted))
  const shown: JobMetric[] = []
  for (const curve of found) {
    if (hidden.has(curve.metric)) continue
    const whole = await withStatisticsSeries(curve)
    shown.push(mostPoints === undefined ? whole : resampleMetric(whole, mostPoints))
  }
  return shown
}

async function keptCurves(
  archive: Archive,
  record: JobRecord,
  { metrics, scopes }: CurveRequest,
): Promise<JobMetric[]> {
  const onlyNode = scopes.every((scope) => scope === 'node')
  const found = await archive.curves(record, { ...(metrics && { metrics }), ...(onlyNode && { scopes }) })
  return [...Map.groupBy(found, ({ metric }) => metric).values()].flatMap((kept) => {
    const chosen = scopes.flatMap((scope) => keptAt(kept, scope) ?? [])
    return [...new Set(chosen)]
  })
}

/** The scope itself, or the next coarser one that was kept. */
function keptAt(kept: readonly JobMetric[], requested: Scope): JobMetric | undefined {
  for (let index = SCOPES.indexOf(requested); index >= 0; index -= 1) {
    const found = kept.find(({ scope }) => scope === SCOPES[index])
    if (found) return found
  }
  return undefined
}
