/** A record as clients read it: names, order and omissions of cc-lib's `schema.Job` (spec/cockpit.md 1.5). */

import type { Instant } from '../../../base/clock.ts'
import { type JobRecord, type MetricStatistics, type Resource, runtimeMs } from '../../../job/record.ts'
import { showMonitoring } from '../words.ts'

export interface Showing {
  now: Instant
  /** Else it is null. */
  withMetaData?: boolean
  withStatistics?: boolean
}

export function showJob(record: JobRecord, { now, withMetaData = false, withStatistics = false }: Showing): object {
  return {
    cluster: record.cluster,
    subCluster: record.subCluster,
    partition: record.partition || undefined,
    project: record.project,
    user: record.user,
    shared: record.shared,
    jobState: record.state,
    tags:
      record.tags.length > 0 ? record.tags.map(({ type, name, scope, id }) => ({ type, name, scope, id })) : undefined,
    resources: record.resources.map(showResource),
    energyFootprint: record.energyFootprint,
    footprint: record.footprint,
    metaData: withMetaData ? record.metaData : null,
    concurrentJobs: NO_OTHERS,
    energy: record.energy,
    arrayJobId: record.arrayJobId || undefined,
    walltime: seconds(record.walltimeMs) || undefined,
    jobId: record.jobId,
    duration: seconds(runtimeMs(record, now)),
    smt: record.smt || undefined,
    monitoringStatus: showMonitoring(record.monitoring) || undefined,
    numAcc: record.numAcc || undefined,
    numHwthreads: record.numHwthreads || undefined,
    numNodes: record.numNodes || undefined,
    statistics: withStatistics ? showStatistics(record.statistics) : null,
    id: record.id,
    submitTime: seconds(record.submittedAt) || undefined,
    requestedMemory: record.requestedMemoryMb || undefined,
    startTime: seconds(record.startedAt),
  }
}

const NO_OTHERS = { items: null, count: 0 }

function showResource({ hostname, hwthreads, accelerators, configuration }: Resource): object {
  return {
    hostname,
    hwthreads: hwthreads.length > 0 ? hwthreads : undefined,
    accelerators: accelerators.length > 0 ? accelerators : undefined,
    configuration: configuration || undefined,
  }
}

function showStatistics(statistics: Readonly<Record<string, MetricStatistics>> | null): object | null {
  if (statistics === null) return null
  const shown = Object.entries(statistics).map(([metric, { unit, avg, min, max }]) => [
    metric,
    { unit: showUnit(unit), avg, min, max },
  ])
  return Object.fromEntries(shown)
}

export function showUnit({ base, prefix }: { base: string; prefix: string }): object {
  return { base, prefix: prefix || undefined }
}

export function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}
