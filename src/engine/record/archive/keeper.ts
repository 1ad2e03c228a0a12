/** One run that is over: its curves summed up, judged, written to the archive, and its record settled. */

import type { Clock } from '../../../base/clock.ts'
import { isDomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Behaviour, JobRecord, Monitoring } from '../../../job/record.ts'
import type { Archive } from '../../../metric/archive/archive.ts'
import type { Clusters } from '../../../metric/cluster/cluster.ts'
import type { MetricStore } from '../../../metric/metric-store.ts'
import { withStatisticsSeries } from '../../../metric/statistics-series.ts'
import type { RecordStore } from '../../../store/record-store.ts'
import { UNKNOWN_BEHAVIOUR } from '../admission.ts'
import { behaviourOf, hasValues, scopesToKeep } from '../behaviour.ts'
import { liveCurves, subClusterOf } from '../live-curves.ts'

export interface KeeperParts {
  records: RecordStore
  clusters: () => Clusters
  metrics: Pick<MetricStore, 'read'>
  archive: () => Archive
  /** Looks for what the run is a case of; tags and hints are in the store afterwards. */
  classify: (record: JobRecord) => Promise<void>
  /** Tags or meta data changed while the archive was written. */
  described: (id: JobRecord['id']) => void
  /** Runs of the engine that were shorter have no curves worth keeping. */
  shortestRunMs: number
  clock: Clock
  log: Logger
}

/** Values are sent once a timestep, and take a moment to come. */
const MARGIN_MS = 3000
const LONGEST_GRACE_MS = 120_000

export function graceMs(clusters: Clusters, run: Pick<JobRecord, 'cluster' | 'subCluster' | 'resources'>): number {
  const steps = subClusterOf(clusters, run)?.metrics.map(({ timestepSeconds }) => timestepSeconds) ?? []
  return Math.min(LONGEST_GRACE_MS, Math.max(0, ...steps) * 1000 + MARGIN_MS)
}

/** @throws unavailable when it must be tried again; whatever else fails is settled as failed */
export async function keepRun(parts: KeeperParts, record: JobRecord): Promise<void> {
  try {
    await keep(parts, record)
  } catch (error) {
    if (isDomainError(error, 'unavailable')) throw error
    parts.log.error({ recordId: record.id, jobId: record.jobId, reason: messageOf(error) }, 'a run cannot be archived')
    await parts.records.settle(record.id, { ...behaviourAsStored(record), monitoring: 'failed' })
  }
}

async function keep(parts: KeeperParts, record: JobRecord): Promise<void> {
  const clusters = parts.clusters()
  const subCluster = subClusterOf(clusters, record)
  if (!subCluster) throw new Error(`nobody describes the cluster ${record.cluster} any more`)
  const isBrief = record.origin === 'engine' && record.durationMs < parts.shortestRunMs
  const request = { scopes: scopesToKeep(record), now: parts.clock.now() }
  const curves = isBrief ? [] : await liveCurves({ ...parts, clusters }, record, request)
  if (record.origin === 'engine' && !hasValues(curves)) {
    await parts.classify(record)
    return settle(parts, record, behaviourAsStored(record), 'disabled')
  }
  const behaviour = behaviourOf(record, subCluster, curves, record.durationMs)
  await parts.classify({ ...record, ...behaviour })
  const present = await parts.records.get(record.id)
  if (!present) return
  await parts.archive().store({ ...present, ...behaviour }, await Promise.all(curves.map(withStatisticsSeries)))
  await settle(parts, present, behaviour, 'archived')
}

async function settle(
  parts: KeeperParts,
  record: JobRecord,
  behaviour: Behaviour,
  monitoring: Monitoring,
): Promise<void> {
  await parts.records.settle(record.id, { ...behaviour, monitoring })
  if (monitoring !== 'archived') return
  const now = await parts.records.get(record.id)
  if (now && describedOtherwise(record, now)) parts.described(record.id)
}

function describedOtherwise(one: JobRecord, other: JobRecord): boolean {
  const said = ({ tags, metaData }: JobRecord) => JSON.stringify([tags, metaData])
  return said(one) !== said(other)
}

function behaviourAsStored({ statistics, footprint, energyFootprint, energy }: JobRecord): Behaviour {
  return { ...UNKNOWN_BEHAVIOUR, statistics, footprint, energyFootprint, energy }
}
