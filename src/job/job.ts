/** What a job is: what was asked for, where it stands, what its latest run did. Pure data. */

import type { Instant } from '../base/clock.ts'

export type JobId = number

export const JOB_STATES = [
  'idle',
  'queued',
  'running',
  'suspended',
  'done',
  'failed',
  'sleeping',
  'withdrawn',
  'transfer',
] as const
export type JobState = (typeof JOB_STATES)[number]

/** Why a job failed: its exit code, a signal from outside, a person's stop, the time or memory limit, its start, or the loss of its tasker. */
export const FAILURE_CAUSES = ['exit', 'signal', 'stopped', 'autokill', 'memory', 'start', 'lost'] as const
export type FailureCause = (typeof FAILURE_CAUSES)[number]

/** What the submitter asked for; only `modify` changes it. */
export interface JobRequest {
  user: string
  /** FairShare group, `/time/users.USER` unless asked otherwise. */
  group: string
  /** As typed, without wrapper and redirection. */
  command: string
  /** The command line as it is shown: `vw CMD > LOGFILE` (Accelerator tutorial 2024.1, nc_list.py). */
  commandLine: string
  wrapper: string
  /** Absolute. */
  rundir: string
  /** Absolute path of standard output and error; null where none is kept (`/dev/null`). */
  logfile: string | null
  /** Name or composition, `BASE+D(NAME=value)`. */
  env: string
  /** Hash of the stored submission environment that `SNAPSHOT` stands for; null without one. */
  snapshot: string | null
  /** Resource expression as typed; `demand.ts` reads it. */
  resources: string
  /** Scheduling priority, 1 to 15. */
  priority: number
  /** Execution priority, 1 to 15. */
  xpriority: number
  jobname: string
  jobclass: string
  project: string
  /** The set that the job was put in, '' for none. */
  setName: string
  submitHost: string
  /** First word of the command, without its folder. */
  tool: string
  /** Wall-clock limit of a run; 0 for none. */
  autokillMs: number
  /** Expected duration, -1 where unknown. */
  xdurMs: number
  /** Exit codes that make a job Done. */
  legalExit: readonly number[]
  /** File mode mask of the job. */
  umask: number
  autoforget: boolean
  /** Kept at least this long after its end; 0 for the server's rule. */
  keepForMs: number
  preemptable: boolean
  /** May be run again by itself when its tasker is lost. */
  rerunnable: boolean
  mailuser: string
  inputs: readonly string[]
  outputs: readonly string[]
  properties: Readonly<Record<string, string>>
}

/** Amounts taken from a host, by resource name (`SLOTS`, `CORES`, `RAM` in MB, ...). */
export type Amounts = Readonly<Record<string, number>>

/** The latest attempt to run the job. */
export interface Run {
  host: string
  startedAt: Instant
  held: Amounts
  /** When the present suspension began; null while it runs. */
  suspendedAt: Instant | null
  /** Sum of the suspensions that are over. */
  suspendedMs: number
}

/** How the latest attempt ended. */
export interface End {
  at: Instant
  cause: FailureCause | null
  exitCode: number | null
  signal: string | null
  cpuMs: number
  maxRamMb: number
}

export interface Job {
  id: JobId
  /** Grows by one with every change; a stale writer is refused. */
  version: number
  state: JobState
  request: JobRequest
  submittedAt: Instant
  /** Place in its bucket: lower goes first. Equal ranks go by id. */
  rank: number
  /** Number of the latest run; 0 when it never started. */
  attempt: number
  run: Run | null
  end: End | null
  /** Why it stands where it stands, where that needs saying; '' otherwise. */
  reason: string
}

const FINAL: readonly JobState[] = ['done', 'failed']
const ACTIVE: readonly JobState[] = ['running', 'suspended', 'withdrawn', 'transfer']

export function isFinal(state: JobState): boolean {
  return FINAL.includes(state)
}

/** True while something of the job may be alive on a host. */
export function isActive(state: JobState): boolean {
  return ACTIVE.includes(state)
}

/** Milliseconds of the latest run without its suspensions; 0 when it never ran. */
export function durationMs(job: Pick<Job, 'run' | 'end'>, now: Instant): number {
  if (!job.run) return 0
  const until = job.end?.at ?? job.run.suspendedAt ?? now
  return Math.max(0, until - job.run.startedAt - job.run.suspendedMs)
}
