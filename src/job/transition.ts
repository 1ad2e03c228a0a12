/** The one pure function that knows which change of a job is legal, and what it leaves behind. */

import { DomainError } from '../base/errors.ts'
import type { ExitFacts, JobEvent, JobEventKind } from './event.ts'
import type { End, FailureCause, Job, JobState } from './job.ts'

/** The whole law: from which states an event may happen. `docs/lifecycle.md` draws it; a test holds the two together. */
export const FROM: Readonly<Record<JobEventKind, readonly JobState[]>> = {
  schedule: ['idle', 'queued', 'done', 'failed', 'sleeping', 'withdrawn'],
  dequeue: ['queued'],
  start: ['queued'],
  withdraw: ['running'],
  suspend: ['running'],
  resume: ['suspended'],
  exit: ['running', 'suspended'],
  lose: ['running', 'suspended'],
  modify: ['idle', 'queued', 'running', 'suspended', 'done', 'failed', 'sleeping'],
}

/** @throws conflict when the job's state does not allow the event */
export function transition(job: Job, event: JobEvent): Job {
  if (!FROM[event.kind].includes(job.state)) throw refusal(job, event.kind)
  return { ...apply(job, event), version: job.version + 1 }
}

function apply(job: Job, event: JobEvent): Job {
  switch (event.kind) {
    case 'schedule':
      return schedule(job, event)
    case 'dequeue':
      return { ...job, state: 'idle', reason: event.reason }
    case 'start':
      return start(job, event)
    case 'withdraw':
      return { ...job, state: 'withdrawn', run: null, reason: event.reason }
    case 'suspend':
      return { ...job, state: 'suspended', run: { ...running(job), suspendedAt: event.at } }
    case 'resume':
      return { ...job, state: 'running', run: wake(job, event.at) }
    case 'exit':
      return end(job, event.facts)
    case 'lose':
      return lose(job, event)
    case 'modify':
      return modify(job, event)
  }
}

function schedule(job: Job, event: Extract<JobEvent, { kind: 'schedule' }>): Job {
  const needsForce = job.state === 'done' || job.state === 'failed'
  if (needsForce && !event.force) {
    throw new DomainError('conflict', `job ${job.id} is ${job.state}; force it to run it again`, { jobId: job.id })
  }
  return { ...job, state: 'queued', rank: event.rank, run: null, end: null, reason: '' }
}

function start(job: Job, event: Extract<JobEvent, { kind: 'start' }>): Job {
  const run = { host: event.host, startedAt: event.at, held: event.held, suspendedAt: null, suspendedMs: 0 }
  return { ...job, state: 'running', attempt: job.attempt + 1, run, end: null, reason: '' }
}

/** The run with its present suspension, if any, counted as over. */
function wake(job: Job, at: number) {
  const run = running(job)
  if (run.suspendedAt === null) return run
  return { ...run, suspendedAt: null, suspendedMs: run.suspendedMs + Math.max(0, at - run.suspendedAt) }
}

function end(job: Job, facts: ExitFacts): Job {
  const cause = causeOf(job, facts)
  const { at, exitCode, signal, cpuMs, maxRamMb } = facts
  const ended: End = { at, cause, exitCode, signal, cpuMs, maxRamMb }
  return {
    ...job,
    state: cause ? 'failed' : 'done',
    run: { ...wake(job, at), startedAt: facts.startedAt ?? running(job).startedAt },
    end: ended,
    reason: facts.reason ?? sentence(ended),
  }
}

/** A job that may be run again takes its old place in the queue; another one ends without an exit status. */
function lose(job: Job, { at, reason }: Extract<JobEvent, { kind: 'lose' }>): Job {
  if (job.request.rerunnable) return { ...job, state: 'queued', run: null, reason: `queued again: ${reason}` }
  return end(job, { at, exitCode: null, signal: null, cpuMs: 0, maxRamMb: 0, cause: 'lost', reason })
}

function causeOf(job: Job, facts: ExitFacts): FailureCause | null {
  if (facts.cause) return facts.cause
  if (facts.signal !== null) return 'signal'
  return facts.exitCode !== null && job.request.legalExit.includes(facts.exitCode) ? null : 'exit'
}

function sentence({ cause, exitCode, signal }: End): string {
  if (cause === 'exit') return `exited with status ${exitCode}`
  if (cause === 'signal') return `ended by signal ${signal}`
  return ''
}

/** New limits apply to what comes; a new command, directory or environment makes a finished job idle again (nc modify, consequences). */
function modify(job: Job, event: Extract<JobEvent, { kind: 'modify' }>): Job {
  const next = { ...job, request: event.request }
  if (!event.invalidates || (job.state !== 'done' && job.state !== 'failed')) return judge(next)
  return { ...next, state: 'idle', run: null, end: null, reason: 'modified since it ran' }
}

/** A finished job's exit code is judged anew by its present list of legal codes. */
function judge(job: Job): Job {
  const { end: ended } = job
  if (!ended || ended.exitCode === null || (ended.cause !== null && ended.cause !== 'exit')) return job
  const cause = job.request.legalExit.includes(ended.exitCode) ? null : 'exit'
  const judged = { ...ended, cause } as End
  return { ...job, state: cause ? 'failed' : 'done', end: judged, reason: sentence(judged) }
}

function running(job: Job) {
  if (!job.run) throw new Error(`job ${job.id} is ${job.state} without a run`)
  return job.run
}

const NEXT_STEP: Partial<Record<JobState, string>> = {
  idle: 'schedule it first (rerun)',
  queued: 'wait until it runs, or dequeue it',
  running: 'stop it first',
  suspended: 'resume or stop it first',
}

function refusal(job: Job, kind: JobEventKind): DomainError {
  const hint = NEXT_STEP[job.state]
  return new DomainError('conflict', `cannot ${kind} job ${job.id}: it is ${job.state}${hint ? `; ${hint}` : ''}`, {
    jobId: job.id,
  })
}
