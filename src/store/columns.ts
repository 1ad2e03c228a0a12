/** What each field of a job is in SQL; the common subset of SQLite and PostgreSQL. */

import { sql } from 'kysely'
import type { Instant } from '../base/clock.ts'
import type { JobField } from '../job/field.ts'
import type { Expression, FieldColumn } from './field-table.ts'

const column = (name: string): Expression => sql`${sql.ref(name)}`
/** A column of time or length in milliseconds, as whole seconds. */
const seconds = (name: string): Expression => sql`${sql.ref(name)} / 1000`
const orEmpty = (name: string): Expression => sql`coalesce(${sql.ref(name)}, '')`
const held = (resource: string): Expression => sql`coalesce(cast(held ->> ${sql.lit(resource)} as integer), 0)`
const detail = (key: string): Expression => sql`coalesce(details ->> ${sql.lit(key)}, '')`

const FIXED: Readonly<Record<Exclude<JobField, 'ageSeconds' | 'durationSeconds'>, Expression>> = {
  id: column('id'),
  priority: column('priority'),
  xpriority: column('xpriority'),
  attempt: column('attempt'),
  rank: column('rank'),
  submittedAtSeconds: seconds('submitted_at'),
  startedAtSeconds: seconds('started_at'),
  endedAtSeconds: seconds('ended_at'),
  autokillSeconds: seconds('autokill_ms'),
  xdurSeconds: sql`case when xdur_ms < 0 then -1 else xdur_ms / 1000 end`,
  keepForSeconds: seconds('keep_for_ms'),
  exitCode: column('exit_code'),
  cpuMs: sql`coalesce(cpu_ms, 0)`,
  maxRamMb: sql`coalesce(max_ram_mb, 0)`,
  heldSlots: held('SLOTS'),
  heldRamMb: held('RAM'),
  umask: column('umask'),
  autoforget: column('autoforget'),
  preemptable: column('preemptable'),
  rerunnable: column('rerunnable'),
  suspendedSeconds: seconds('suspended_ms'),
  state: column('state'),
  user: column('user'),
  group: column('fair_group'),
  command: column('command'),
  commandLine: column('command_line'),
  wrapper: column('wrapper'),
  rundir: column('rundir'),
  logfile: orEmpty('logfile'),
  env: column('env'),
  resources: column('resources'),
  jobname: column('jobname'),
  jobclass: column('jobclass'),
  project: column('project'),
  setName: column('set_name'),
  submitHost: column('submit_host'),
  tool: column('tool'),
  host: orEmpty('host'),
  bucket: column('bucket'),
  legalExit: column('legal_exit'),
  mailuser: detail('mailuser'),
  inputs: detail('inputs'),
  outputs: detail('outputs'),
  signal: orEmpty('signal'),
  cause: orEmpty('cause'),
  reason: column('reason'),
}

/** Number fields that may be null. */
const NULLABLE: readonly JobField[] = ['startedAtSeconds', 'endedAtSeconds', 'exitCode']

export function jobColumn(field: JobField, now: Instant): FieldColumn {
  return { expression: expressionOf(field, now), nullable: NULLABLE.includes(field) }
}

function expressionOf(field: JobField, now: Instant): Expression {
  if (field === 'ageSeconds') return sql`(${sql.lit(now)} - submitted_at) / 1000`
  if (field === 'durationSeconds') {
    const until = sql`coalesce(ended_at, suspended_at, ${sql.lit(now)})`
    return sql`case when started_at is null then 0 else (${until} - started_at - suspended_ms) / 1000 end`
  }
  return FIXED[field]
}
