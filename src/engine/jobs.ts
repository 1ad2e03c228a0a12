/** All that may be asked of jobs: every method checks the caller, then does one thing. */

import { type Caller, permit } from '../auth/caller.ts'
import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { FindAccount } from '../executor/account.ts'
import { bucketOf } from '../job/bucket.ts'
import { isActive, type Job, type JobId, type JobState } from '../job/job.ts'
import type { JobQuery, QueryResult, Store } from '../store/store.ts'
import { apply, type Door, isStale, load } from './apply.ts'
import type { Changes, Control, Submission } from './command.ts'
import { steer } from './control.ts'
import type { Dispatcher } from './dispatcher.ts'
import type { Executors } from './executors.ts'
import type { IdSource } from './ids.ts'
import { modificationOf } from './modification.ts'
import { requestOf } from './submission.ts'
import { reasonsFor } from './why.ts'

/** Every method checks what the caller may do. @throws forbidden, and `unavailable` when nothing can be stored */
export interface Jobs {
  /** The queued job. @throws invalid (which key, what to change), conflict (logfile taken) */
  submit(caller: Caller, submission: Submission): Promise<Job>
  /** The job as it stands once the order was given; a stopped job ends a moment later. @throws not_found, conflict */
  control(caller: Caller, id: JobId, control: Control): Promise<Job>
  /** @throws not_found, invalid, conflict */
  modify(caller: Caller, id: JobId, changes: Changes): Promise<Job>
  /** @throws not_found, conflict while it is running */
  forget(caller: Caller, id: JobId): Promise<void>
  /** @throws not_found */
  get(caller: Caller, id: JobId): Promise<Job>
  query(caller: Caller, query: Omit<JobQuery, 'now'>): Promise<QueryResult>
  /** One sentence a reason, why the job is in its state: what a queued job waits for, how a failed one ended. */
  why(caller: Caller, id: JobId): Promise<string[]>
  countByState(caller: Caller): Promise<Partial<Record<JobState, number>>>
}

export interface JobsParts {
  store: Store
  door: Door
  ids: IdSource
  executors: Executors
  dispatcher: Dispatcher
  runAs: 'submitter' | 'server'
  findAccount: FindAccount
  clock: Clock
}

export function createJobs(parts: JobsParts): Jobs {
  const { door, store, clock } = parts
  return {
    submit: (caller, submission) => submit(parts, caller, submission),
    async control(caller, id, control) {
      const job = await permitted(door, caller, id, 'control')
      return steer(parts, job, control)
    },
    async modify(caller, id, changes) {
      await permitted(door, caller, id, 'modify')
      return apply(door, id, (job) => modificationOf(job, changes))
    },
    async forget(caller, id) {
      const job = await permitted(door, caller, id, 'forget')
      await forget(door, job)
    },
    async get(caller, id) {
      return permitted(door, caller, id, 'view')
    },
    async query(caller, query) {
      permit(caller, 'view', caller.user)
      return store.jobs.query({ ...query, now: clock.now() })
    },
    async why(caller, id) {
      return why(parts, await permitted(door, caller, id, 'view'))
    },
    async countByState(caller) {
      permit(caller, 'view', caller.user)
      return store.jobs.countByState()
    },
  }
}

type Asked = 'view' | 'control' | 'modify' | 'forget'

async function permitted(door: Door, caller: Caller, id: JobId, operation: Asked): Promise<Job> {
  const job = await load(door, id)
  permit(caller, operation, job.request.user)
  return job
}

async function submit(parts: JobsParts, caller: Caller, submission: Submission): Promise<Job> {
  const { door, store, ids, clock } = parts
  permit(caller, 'submit', caller.user)
  if (parts.runAs === 'submitter') await requireAccount(parts.findAccount, caller.user)
  const request = requestOf(caller.user, submission, null)
  if (submission.snapshot) request.snapshot = await store.environments.put(submission.snapshot)
  const id = await ids.take()
  const now = clock.now()
  const job: Job = {
    id,
    version: 1,
    state: 'queued',
    request,
    submittedAt: now,
    rank: id,
    attempt: 0,
    run: null,
    end: null,
    reason: '',
  }
  await door.jobs.insert(job)
  door.board.follow(null, job)
  door.bus.emit({ kind: 'submit', before: null, after: job })
  return job
}

async function requireAccount(findAccount: FindAccount, user: string): Promise<void> {
  if (await findAccount(user)) return
  const hint = 'jobs run as the account that submits them; ask the administrator for one'
  throw new DomainError('forbidden', `this host has no account named ${user}; ${hint}`)
}

/** Only what does not run can be forgotten (nodes_remove_from_graph: running jobs are refused). */
export async function forget(door: Door, job: Job): Promise<void> {
  if (isActive(job.state)) {
    throw new DomainError('conflict', `cannot forget job ${job.id}: it is ${job.state}; stop it first`)
  }
  try {
    await door.jobs.remove(job.id, job.version)
  } catch (error) {
    if (!isStale(error)) throw error
    return forget(door, await load(door, job.id))
  }
  door.board.follow(job, null)
  door.bus.emit({ kind: 'forget', before: job, after: null })
}

async function why({ store, dispatcher, executors }: JobsParts, job: Job): Promise<string[]> {
  const queued = job.state === 'queued'
  const ahead = queued ? await store.jobs.countAhead(bucketOf(job.request), job.rank, job.id) : 0
  const offer = executors.ownerOf(job).connected() ? dispatcher.offer() : undefined
  return reasonsFor(job, { offer, ahead, hostName: executors.machine.host().name })
}
