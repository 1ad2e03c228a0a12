/** Records as rows of a table. */

import type { JobRecord } from '../../../job/record.ts'
import type { Column } from './table.ts'

export const RECORD_COLUMNS: readonly Column<JobRecord>[] = [
  whole('id', ({ id }) => id),
  whole('jobId', ({ jobId }) => jobId),
  whole('arrayJobId', ({ arrayJobId }) => arrayJobId),
  whole('attempt', ({ attempt }) => attempt),
  text('cluster', ({ cluster }) => cluster),
  text('subCluster', ({ subCluster }) => subCluster),
  text('partition', ({ partition }) => partition),
  text('project', ({ project }) => project),
  text('user', ({ user }) => user),
  text('jobName', ({ metaData }) => metaData?.jobName ?? ''),
  text('jobState', ({ state }) => state),
  text('shared', ({ shared }) => shared),
  text('origin', ({ origin }) => origin),
  text('monitoring', ({ monitoring }) => monitoring),
  time('submitTime', ({ submittedAt }) => submittedAt || null),
  time('startTime', ({ startedAt }) => startedAt),
  fraction('durationSeconds', ({ durationMs }) => durationMs / 1000),
  fraction('walltimeSeconds', ({ walltimeMs }) => walltimeMs / 1000),
  whole('numNodes', ({ numNodes }) => numNodes),
  whole('numHwthreads', ({ numHwthreads }) => numHwthreads),
  whole('numAcc', ({ numAcc }) => numAcc),
  whole('smt', ({ smt }) => smt),
  whole('requestedMemoryMb', ({ requestedMemoryMb }) => requestedMemoryMb),
  fraction('energyKwh', ({ energy }) => energy),
  text('hosts', ({ resources }) => resources.map(({ hostname }) => hostname).join(' ')),
  text('tags', ({ tags }) => tags.map(({ type, name }) => `${type}:${name}`).join(' ')),
  json('footprint', ({ footprint }) => footprint),
  json('energyFootprint', ({ energyFootprint }) => energyFootprint),
  json('statistics', ({ statistics }) => statistics),
  json('resources', ({ resources }) => resources),
  json('metaData', ({ metaData }) => metaData),
]

function text(name: string, value: (record: JobRecord) => string): Column<JobRecord> {
  return { name, type: 'text', value }
}

function whole(name: string, value: (record: JobRecord) => number): Column<JobRecord> {
  return { name, type: 'whole', value }
}

function fraction(name: string, value: (record: JobRecord) => number): Column<JobRecord> {
  return { name, type: 'fraction', value }
}

function time(name: string, value: (record: JobRecord) => number | null): Column<JobRecord> {
  return { name, type: 'time', value }
}

function json(name: string, value: (record: JobRecord) => unknown): Column<JobRecord> {
  return {
    name,
    type: 'json',
    value(record) {
      const of = value(record)
      return of === null ? null : JSON.stringify(of)
    },
  }
}
