/** How runs that go on behave so far, so that lists can be filtered and sorted by it (spec/cockpit.md 6.2, footprint-worker). */

import type { Clock } from '../../base/clock.ts'
import { and } from '../../job/filter.ts'
import { type JobRecord, runtimeMs } from '../../job/record.ts'
import type { Clusters, SubCluster } from '../../metric/cluster/cluster.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { behaviourOf, hasValues } from './behaviour.ts'
import { liveCurves, subClusterOf } from './live-curves.ts'
import { equals } from './visibility.ts'

export interface LiveFootprintParts {
  records: RecordStore
  clusters: () => Clusters
  metrics: Pick<MetricStore, 'read'>
  clock: Clock
}

/** Younger runs have hardly a value. */
const LEAST_RUNTIME_MS = 60_000

/** Answers how many runs have a footprint now. @throws unavailable */
export async function updateFootprints(parts: LiveFootprintParts): Promise<number> {
  const { records, clock } = parts
  const now = clock.now()
  const filter = and(equals('state', ['running']), {
    kind: 'compare',
    field: 'startedAt',
    operator: 'less',
    values: [now - LEAST_RUNTIME_MS],
  } as const)
  let updated = 0
  for await (const batch of records.scan({ filter, order: [], now }))
    for (const record of batch) if (await updateFootprint(parts, record, now)) updated += 1
  return updated
}

async function updateFootprint(parts: LiveFootprintParts, record: JobRecord, now: number): Promise<boolean> {
  const clusters = parts.clusters()
  const subCluster = subClusterOf(clusters, record)
  const metrics = subCluster ? metricsThatCount(subCluster) : []
  if (!subCluster || metrics.length === 0) return false
  const curves = await liveCurves({ ...parts, clusters }, record, { metrics, scopes: ['node'], now })
  if (!hasValues(curves)) return false
  const behaviour = behaviourOf(record, subCluster, curves, runtimeMs(record, now))
  // It may have ended while its curves were read: what is known of the end is better.
  const present = await parts.records.get(record.id)
  if (present?.state !== 'running') return false
  await parts.records.settle(record.id, { ...behaviour, monitoring: present.monitoring })
  return true
}

function metricsThatCount({ metrics }: SubCluster): string[] {
  return metrics.filter(({ footprint, energy }) => footprint !== null || energy !== null).map(({ name }) => name)
}
