/** A run of our own engine as a record: one row an attempt, keyed by job, attempt and start. Pure. */

import type { Instant } from '../../../base/clock.ts'
import { type FailureCause, isActive, type Job, type Run } from '../../../job/job.ts'
import type { RecordState } from '../../../job/record.ts'
import type { NewRecord } from '../../../store/record-store.ts'
import { UNKNOWN_BEHAVIOUR } from '../admission.ts'

/** Where runs of this host stand among the clusters. */
export interface Home {
  cluster: string
  subCluster: string
}

export interface OwnRun {
  job: Job
  run: Run
  /** When it ended, by whichever way; undefined while it goes on. */
  end?: { at: Instant; state: RecordState }
}

const STATE_BY_CAUSE: Readonly<Record<FailureCause, RecordState>> = {
  exit: 'failed',
  start: 'failed',
  signal: 'failed',
  stopped: 'cancelled',
  autokill: 'timeout',
  memory: 'out_of_memory',
  lost: 'node_fail',
}

/** The run of a job as it stands; undefined for one that has no process on a host, nor had one. */
export function runOf(job: Job): OwnRun | undefined {
  const { run, end } = job
  if (!run) return undefined
  if (!end) return isActive(job.state) ? { job, run } : undefined
  return { job, run, end: { at: end.at, state: end.cause === null ? 'completed' : STATE_BY_CAUSE[end.cause] } }
}

/** `startedAt` is the start under which the run is known already, where it is. */
export function recordOf({ job, run, end }: OwnRun, home: Home, startedAt = run.startedAt): NewRecord {
  const { request } = job
  const durationMs = end ? Math.max(0, end.at - startedAt) : 0
  return {
    ...UNKNOWN_BEHAVIOUR,
    footprint: end ? briefFootprint(job, durationMs) : null,
    ...home,
    jobId: job.id,
    attempt: job.attempt,
    origin: 'engine',
    state: end?.state ?? (job.state === 'suspended' ? 'suspended' : 'running'),
    partition: request.jobclass,
    project: request.project,
    user: request.user,
    shared: 'multi_user',
    resources: [{ hostname: run.host, hwthreads: [], accelerators: [], configuration: '' }],
    numNodes: 1,
    numHwthreads: Math.ceil(Math.max(run.held.SLOTS ?? 0, run.held.CORES ?? 0)),
    numAcc: 0,
    smt: 0,
    arrayJobId: 0,
    walltimeMs: request.autokillMs,
    startedAt,
    submittedAt: job.submittedAt,
    requestedMemoryMb: Math.round(run.held.RAM ?? 0),
    durationMs,
    metaData: descriptionOf(job),
    monitoring: 'pending',
  }
}

/** What a person looks for; never the environment, which may hold secrets. */
function descriptionOf({ request, reason, end, attempt }: Job): Record<string, string> {
  const told: Record<string, string> = {
    jobName: request.jobname || request.tool,
    jobScript: request.command,
    rundir: request.rundir,
  }
  if (request.logfile !== null) told.logfile = request.logfile
  if (request.setName !== '') told.set = request.setName
  if (attempt > 1) told.attempt = String(attempt)
  if (end?.exitCode != null) told.exitCode = String(end.exitCode)
  if (end && reason !== '') told.reason = reason
  return told
}

/** Processor time and memory, of its exit: what is known also without a single measured value. */
function briefFootprint({ end }: Job, durationMs: number): Record<string, number> | null {
  if (!end || end.cause === 'lost' || end.cause === 'start') return null
  const busy = durationMs > 0 ? end.cpuMs / durationMs : 0
  return { job_cpu_avg: round(busy), job_mem_max: round((end.maxRamMb * 2 ** 20) / 1e9) }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
