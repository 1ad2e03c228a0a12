/** A record made `meta.json`, key by key in the order of the reference (spec/cockpit.md 1.5, 3.4). */

import type { JobRecord, MetricStatistics, Resource } from '../../job/record.ts'
import type { ArchivedRecord } from './archive.ts'
import { withOwnRun } from './own-run.ts'

/** The reference writes the status of the moment before the run was archived. */
const RUNNING_OR_ARCHIVING = 1

export function writeMeta(record: ArchivedRecord): string {
  return `${JSON.stringify(metaOf(record))}\n`
}

function metaOf(record: ArchivedRecord): Record<string, unknown> {
  const { cluster, subCluster, project, user, shared, jobId, numNodes, smt, numAcc, numHwthreads, arrayJobId } = record
  return {
    ...{ cluster, subCluster, partition: record.partition || undefined, project, user, shared, jobState: record.state },
    tags:
      record.tags.length > 0 ? record.tags.map(({ type, name, scope }) => ({ type, name, scope, id: 0 })) : undefined,
    resources: record.resources.map(writeResource),
    ...{ energyFootprint: record.energyFootprint, footprint: record.footprint, metaData: metaDataOf(record) },
    ...{ concurrentJobs: { items: null, count: 0 }, energy: record.energy },
    ...{ arrayJobId: arrayJobId || undefined, walltime: seconds(record.walltimeMs) || undefined },
    ...{ jobId, duration: seconds(record.durationMs), smt: smt || undefined, monitoringStatus: RUNNING_OR_ARCHIVING },
    ...{ numAcc: numAcc || undefined, numHwthreads: numHwthreads || undefined, numNodes },
    statistics: record.statistics && writeStatistics(record.statistics),
    ...{ submitTime: seconds(record.submittedAt) || undefined, requestedMemory: record.requestedMemoryMb || undefined },
    startTime: seconds(record.startedAt),
  }
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function writeResource({ hostname, hwthreads, accelerators, configuration }: Resource): Record<string, unknown> {
  return {
    hostname,
    hwthreads: hwthreads.length > 0 ? hwthreads : undefined,
    accelerators: accelerators.length > 0 ? accelerators : undefined,
    configuration: configuration || undefined,
  }
}

function metaDataOf(record: ArchivedRecord): JobRecord['metaData'] {
  return record.origin === 'engine' ? withOwnRun(record.metaData, record) : record.metaData
}

function writeStatistics(statistics: NonNullable<JobRecord['statistics']>): Record<string, MetricStatistics> {
  const entries = Object.entries(statistics).map(([metric, { unit, avg, min, max }]) => [
    metric,
    { unit: { base: unit.base, prefix: unit.prefix || undefined }, avg, min, max },
  ])
  return Object.fromEntries(entries)
}
