/** Row of a record to noun and back. */

import { DomainError } from '../base/errors.ts'
import type { JobRecord, Tag } from '../job/record.ts'
import type { NewRecord } from './record-store.ts'
import type { SqlValue } from './rows.ts'
import type { RecordTable } from './schema.ts'

type Column = readonly [name: Exclude<keyof RecordTable, 'id'>, value: (from: NewRecord) => SqlValue]

/** The key of a run first. */
export const RECORD_COLUMNS: readonly Column[] = [
  ['job_id', (r) => whole('jobId', r.jobId)],
  ['cluster', (r) => r.cluster],
  ['started_at', (r) => whole('startedAt', r.startedAt)],
  ['attempt', (r) => whole('attempt', r.attempt)],
  ['origin', (r) => r.origin],
  ['state', (r) => r.state],
  ['monitoring', (r) => r.monitoring],
  ['duration_ms', (r) => whole('durationMs', r.durationMs)],
  ['energy', (r) => finite('energy', r.energy)],
  ['sub_cluster', (r) => r.subCluster],
  ['partition', (r) => r.partition],
  ['project', (r) => r.project],
  ['user', (r) => r.user],
  ['shared', (r) => r.shared],
  ['num_nodes', (r) => whole('numNodes', r.numNodes)],
  ['num_hwthreads', (r) => whole('numHwthreads', r.numHwthreads)],
  ['num_acc', (r) => whole('numAcc', r.numAcc)],
  ['smt', (r) => whole('smt', r.smt)],
  ['array_job_id', (r) => whole('arrayJobId', r.arrayJobId)],
  ['walltime_ms', (r) => whole('walltimeMs', r.walltimeMs)],
  ['submitted_at', (r) => whole('submittedAt', r.submittedAt)],
  ['requested_memory_mb', (r) => whole('requestedMemoryMb', r.requestedMemoryMb)],
  ['footprint', (r) => json(r.footprint)],
  ['energy_footprint', (r) => json(r.energyFootprint)],
  ['resources', (r) => (r.resources.length === 0 ? null : json(r.resources))],
  ['meta_data', (r) => json(r.metaData)],
  ['statistics', (r) => json(r.statistics)],
]

export type RecordRow = RecordTable & {
  /** JSON list of tags in the order of their ids. */
  tags: string
}

/** The columns of a row as lists read them. */
export const RECORD_ROW: readonly (keyof RecordRow)[] = ['id', ...RECORD_COLUMNS.map(([name]) => name), 'tags']

export function recordOf(row: RecordRow): JobRecord {
  return {
    id: row.id,
    jobId: row.job_id,
    cluster: row.cluster,
    subCluster: row.sub_cluster,
    partition: row.partition,
    project: row.project,
    user: row.user,
    shared: row.shared,
    resources: parsed(row.resources) ?? [],
    numNodes: row.num_nodes,
    numHwthreads: row.num_hwthreads,
    numAcc: row.num_acc,
    smt: row.smt,
    arrayJobId: row.array_job_id,
    walltimeMs: row.walltime_ms,
    startedAt: row.started_at,
    submittedAt: row.submitted_at,
    requestedMemoryMb: row.requested_memory_mb,
    metaData: parsed(row.meta_data),
    monitoring: row.monitoring,
    statistics: parsed(row.statistics),
    footprint: parsed(row.footprint),
    energyFootprint: parsed(row.energy_footprint),
    energy: row.energy,
    origin: row.origin,
    attempt: row.attempt,
    state: row.state,
    durationMs: row.duration_ms,
    tags: JSON.parse(row.tags) as Tag[],
  }
}

export function json(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value)
}

function parsed<T>(text: string | null): T | null {
  return text === null ? null : JSON.parse(text)
}

/** A larger number would be stored, and could never be read again. @throws invalid */
export function whole(name: string, value: number): number {
  if (Number.isSafeInteger(value)) return value
  throw new DomainError('invalid', `${name} must be a whole number between -2^53 and 2^53; it is ${value}`)
}

/** @throws invalid */
export function finite(name: string, value: number): number {
  if (Number.isFinite(value)) return value
  throw new DomainError('invalid', `${name} must be a number; it is ${value}`)
}
