/** Row to noun and back; with `schema.ts` the only place that knows the columns' names. */

import { bucketOf } from '../job/bucket.ts'
import type { End, FailureCause, Job, JobRequest, Run } from '../job/job.ts'
import type { JobTable, UserTable } from './schema.ts'
import type { AccountSource, User } from './store.ts'

export type SqlValue = string | number | null
/** What a statement takes; bytes are only written and read, never compared. */
export type BoundValue = SqlValue | Uint8Array

type Column<T> = readonly [name: keyof JobTable, value: (from: T) => SqlValue]

/** What events change. */
export const STATE_COLUMNS: readonly Column<Job>[] = [
  ['version', (j) => j.version],
  ['state', (j) => j.state],
  ['rank', (j) => j.rank],
  ['attempt', (j) => j.attempt],
  ['reason', (j) => j.reason],
  ['host', (j) => j.run?.host ?? null],
  ['started_at', (j) => j.run?.startedAt ?? null],
  ['held', (j) => (j.run ? JSON.stringify(j.run.held) : null)],
  ['suspended_at', (j) => j.run?.suspendedAt ?? null],
  ['suspended_ms', (j) => j.run?.suspendedMs ?? 0],
  ['ended_at', (j) => j.end?.at ?? null],
  ['cause', (j) => j.end?.cause ?? null],
  ['exit_code', (j) => j.end?.exitCode ?? null],
  ['signal', (j) => j.end?.signal ?? null],
  ['cpu_ms', (j) => j.end?.cpuMs ?? null],
  ['max_ram_mb', (j) => j.end?.maxRamMb ?? null],
]

/** What only a modification changes. */
export const REQUEST_COLUMNS: readonly Column<JobRequest>[] = [
  ['bucket', bucketOf],
  ['user', (r) => r.user],
  ['fair_group', (r) => r.group],
  ['command', (r) => r.command],
  ['command_line', (r) => r.commandLine],
  ['wrapper', (r) => r.wrapper],
  ['rundir', (r) => r.rundir],
  ['logfile', (r) => r.logfile],
  ['env', (r) => r.env],
  ['snapshot', (r) => r.snapshot],
  ['resources', (r) => r.resources],
  ['priority', (r) => r.priority],
  ['xpriority', (r) => r.xpriority],
  ['jobname', (r) => r.jobname],
  ['jobclass', (r) => r.jobclass],
  ['project', (r) => r.project],
  ['set_name', (r) => r.setName],
  ['submit_host', (r) => r.submitHost],
  ['tool', (r) => r.tool],
  ['autokill_ms', (r) => r.autokillMs],
  ['xdur_ms', (r) => r.xdurMs],
  ['legal_exit', (r) => r.legalExit.join(' ')],
  ['umask', (r) => r.umask],
  ['autoforget', (r) => Number(r.autoforget)],
  ['keep_for_ms', (r) => r.keepForMs],
  ['preemptable', (r) => Number(r.preemptable)],
  ['rerunnable', (r) => Number(r.rerunnable)],
  ['details', detailsOf],
]

interface Details {
  mailuser: string
  inputs: readonly string[]
  outputs: readonly string[]
  properties: Readonly<Record<string, string>>
}

const NO_DETAILS: Details = { mailuser: '', inputs: [], outputs: [], properties: {} }

function detailsOf({ mailuser, inputs, outputs, properties }: JobRequest): string | null {
  const plain = mailuser === '' && inputs.length === 0 && outputs.length === 0 && Object.keys(properties).length === 0
  return plain ? null : JSON.stringify({ mailuser, inputs, outputs, properties } satisfies Details)
}

export function jobOf(row: JobTable): Job {
  return {
    id: row.id,
    version: row.version,
    state: row.state,
    request: requestOf(row),
    submittedAt: row.submitted_at,
    rank: row.rank,
    attempt: row.attempt,
    run: runOf(row),
    end: endOf(row),
    reason: row.reason,
  }
}

function requestOf(row: JobTable): JobRequest {
  const details: Details = row.details === null ? NO_DETAILS : JSON.parse(row.details)
  return {
    user: row.user,
    group: row.fair_group,
    command: row.command,
    commandLine: row.command_line,
    wrapper: row.wrapper,
    rundir: row.rundir,
    logfile: row.logfile,
    env: row.env,
    snapshot: row.snapshot,
    resources: row.resources,
    priority: row.priority,
    xpriority: row.xpriority,
    jobname: row.jobname,
    jobclass: row.jobclass,
    project: row.project,
    setName: row.set_name,
    submitHost: row.submit_host,
    tool: row.tool,
    autokillMs: row.autokill_ms,
    xdurMs: row.xdur_ms,
    legalExit: row.legal_exit.split(' ').map(Number),
    umask: row.umask,
    autoforget: row.autoforget === 1,
    keepForMs: row.keep_for_ms,
    preemptable: row.preemptable === 1,
    rerunnable: row.rerunnable === 1,
    ...details,
  }
}

function runOf(row: JobTable): Run | null {
  if (row.started_at === null) return null
  return {
    host: row.host ?? '',
    startedAt: row.started_at,
    held: row.held === null ? {} : JSON.parse(row.held),
    suspendedAt: row.suspended_at,
    suspendedMs: row.suspended_ms,
  }
}

function endOf(row: JobTable): End | null {
  if (row.ended_at === null) return null
  return {
    at: row.ended_at,
    cause: row.cause as FailureCause | null,
    exitCode: row.exit_code,
    signal: row.signal,
    cpuMs: row.cpu_ms ?? 0,
    maxRamMb: row.max_ram_mb ?? 0,
  }
}

export function userOf(row: UserTable): User {
  return {
    name: row.name,
    passwordHash: row.password_hash,
    roles: JSON.parse(row.roles),
    createdAt: row.created_at,
    revision: row.revision,
    fullName: row.full_name,
    email: row.email,
    projects: JSON.parse(row.projects),
    source: row.source as AccountSource,
  }
}
