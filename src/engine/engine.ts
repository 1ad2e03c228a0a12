/** The nouns of the engine put together: all that a dialect may ask for. */

import type { Caller } from '../auth/caller.ts'
import type { Service } from '../base/service.ts'
import type { Host } from '../executor/executor.ts'
import type { Job, JobId, JobState } from '../job/job.ts'
import type { JobQuery, QueryResult } from '../store/store.ts'
import type { Bus } from './bus.ts'
import type { Changes, Control, Submission } from './command.ts'

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

/** A line of `nc summary`: jobs that wait alike. */
export interface BucketView {
  key: string
  user: string
  group: string
  priority: number
  jobclass: string
  tool: string
  resources: string
  queued: number
  /** What its first job waits for. */
  waitingFor: string
}

export interface Engine extends Service {
  jobs: Jobs
  bus: Bus
  hosts(): Host[]
  /** Slots and other amounts in use on a host, from its running jobs. */
  heldOn(host: string): Readonly<Record<string, number>>
  buckets(): BucketView[]
}
