/** What a query would answer for a job that is in memory already, so that one job needs no query. */

import type { Instant } from '../../../../base/clock.ts'
import { bucketOf } from '../../../../job/bucket.ts'
import type { FieldValue, JobField } from '../../../../job/field.ts'
import { durationMs, type Job } from '../../../../job/job.ts'

type Value = (job: Job, now: Instant) => FieldValue

const VALUES: Readonly<Record<JobField, Value>> = {
  id: (job) => job.id,
  priority: ({ request }) => request.priority,
  xpriority: ({ request }) => request.xpriority,
  attempt: (job) => job.attempt,
  rank: (job) => job.rank,
  submittedAtSeconds: (job) => seconds(job.submittedAt),
  startedAtSeconds: ({ run }) => run && seconds(run.startedAt),
  endedAtSeconds: ({ end }) => end && seconds(end.at),
  ageSeconds: (job, now) => seconds(now - job.submittedAt),
  durationSeconds: (job, now) => seconds(durationMs(job, now)),
  autokillSeconds: ({ request }) => seconds(request.autokillMs),
  xdurSeconds: ({ request }) => (request.xdurMs < 0 ? -1 : seconds(request.xdurMs)),
  keepForSeconds: ({ request }) => seconds(request.keepForMs),
  exitCode: ({ end }) => end?.exitCode ?? null,
  cpuMs: ({ end }) => end?.cpuMs ?? 0,
  maxRamMb: ({ end }) => end?.maxRamMb ?? 0,
  heldSlots: ({ run }) => run?.held.SLOTS ?? 0,
  heldRamMb: ({ run }) => run?.held.RAM ?? 0,
  umask: ({ request }) => request.umask,
  autoforget: ({ request }) => Number(request.autoforget),
  preemptable: ({ request }) => Number(request.preemptable),
  rerunnable: ({ request }) => Number(request.rerunnable),
  suspendedSeconds: ({ run }) => seconds(run?.suspendedMs ?? 0),
  state: (job) => job.state,
  user: ({ request }) => request.user,
  group: ({ request }) => request.group,
  command: ({ request }) => request.command,
  commandLine: ({ request }) => request.commandLine,
  wrapper: ({ request }) => request.wrapper,
  rundir: ({ request }) => request.rundir,
  logfile: ({ request }) => request.logfile,
  env: ({ request }) => request.env,
  resources: ({ request }) => request.resources,
  jobname: ({ request }) => request.jobname,
  jobclass: ({ request }) => request.jobclass,
  project: ({ request }) => request.project,
  setName: ({ request }) => request.setName,
  submitHost: ({ request }) => request.submitHost,
  tool: ({ request }) => request.tool,
  host: ({ run }) => run?.host ?? null,
  bucket: ({ request }) => bucketOf(request),
  legalExit: ({ request }) => request.legalExit.join(' '),
  mailuser: ({ request }) => request.mailuser,
  inputs: ({ request }) => list(request.inputs),
  outputs: ({ request }) => list(request.outputs),
  signal: ({ end }) => end?.signal ?? null,
  cause: ({ end }) => end?.cause ?? null,
  reason: (job) => job.reason,
}

export function jobValue(job: Job, field: JobField, now: Instant): FieldValue {
  return VALUES[field](job, now)
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000)
}

function list(files: readonly string[]): string {
  return files.length === 0 ? '' : JSON.stringify(files)
}
