/** Tasks of workflows as jobs of the engine: the door by which they come, wait, go on and go, past all that is a user's. */

import type { Clock } from '../../base/clock.ts'
import { isDomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { isActive, type Job, type JobId, type JobRequest } from '../../job/job.ts'
import { laneResource } from '../../job/task-job.ts'
import { apply, type Door, load } from '../apply.ts'
import { steer } from '../control.ts'
import type { Executors } from '../executors.ts'
import type { IdSource } from '../ids.ts'
import { forget } from '../jobs.ts'

export interface TaskJobs {
  /** Numbers for so many jobs. */
  reserve(count: number): Promise<JobId[]>
  /** What is asked of the store in the same turn shares the commit. */
  insert(tasks: readonly { id: JobId; request: JobRequest }[]): Promise<void>
  get(id: JobId): Promise<Job | undefined>
  /** Whether anybody would do tasks there now. */
  isReachable(site: string): boolean
  hostName(): string
  /** Out of the queue, to wait; nothing for one that does not stand in it. */
  hold(id: JobId): Promise<void>
  /** Back to its place in the queue; nothing for one that does not wait. */
  release(id: JobId): Promise<void>
  /** Ends where it runs, after the file in hand; nothing for one that does not. */
  interrupt(id: JobId): Promise<void>
  /** Away with it, as far as it can be reached: stopped where it runs, else forgotten. */
  remove(id: JobId): Promise<void>
}

export interface TaskJobsParts {
  door: Door
  ids: IdSource
  executors: Executors
  clock: Clock
  log: Logger
}

export function createTaskJobs(parts: TaskJobsParts): TaskJobs {
  const { door, ids, executors } = parts
  const get = async (id: JobId) => door.board.activeJob(id) ?? (await door.jobs.get(id))
  return {
    async reserve(count) {
      const reserved: JobId[] = []
      while (reserved.length < count) reserved.push(await ids.take())
      return reserved
    },
    insert: (tasks) => insert(parts, tasks),
    get,
    isReachable: (site) => (executors.capacity()[laneResource(site, 'default', 'worker')] ?? 0) > 0,
    hostName: () => executors.machine.host().name,
    hold: (id) => passing(() => apply(door, id, { kind: 'dequeue', reason: 'its run is paused' })),
    async release(id) {
      const job = await get(id)
      if (job?.state !== 'idle') return
      await passing(() => apply(door, id, { kind: 'schedule', rank: job.rank, force: false }, job))
    },
    interrupt: (id) => interrupt(parts, id),
    remove: (id) => remove(parts, id),
  }
}

async function insert({ door, clock }: TaskJobsParts, tasks: readonly { id: JobId; request: JobRequest }[]) {
  const now = clock.now()
  const fresh = { version: 1, state: 'queued', submittedAt: now, attempt: 0, run: null, end: null, reason: '' } as const
  const jobs = tasks.map(({ id, request }): Job => ({ ...fresh, id, request, rank: id }))
  await Promise.all(jobs.map((job) => door.jobs.insert(job)))
  for (const job of jobs) {
    door.board.follow(null, job)
    door.bus.emit({ kind: 'submit', before: null, after: job })
  }
}

/** What cannot be reached runs to its end, and what stays in the queue is turned down when its turn comes. */
async function remove(parts: TaskJobsParts, id: JobId): Promise<void> {
  const { door, log } = parts
  try {
    const job = await load(door, id)
    if (!isActive(job.state)) await forget(door, job)
    else await steer(parts, job, { action: 'stop' })
  } catch (error) {
    if (!isDomainError(error)) throw error
    if (error.code === 'conflict' && door.board.activeJob(id)) return remove(parts, id)
    if (error.code === 'unavailable') log.warn({ jobId: id, reason: error.message }, 'a task cannot be taken away')
  }
}

/** What cannot be reached runs to its end. */
async function interrupt({ door, executors, log }: TaskJobsParts, id: JobId): Promise<void> {
  const job = door.board.activeJob(id)
  if (!job) return
  try {
    await passing(() => executors.ownerOf(job).signal({ jobId: id, attempt: job.attempt, action: 'yield' }))
  } catch (error) {
    if (!isDomainError(error, 'unavailable')) throw error
    log.warn({ jobId: id, reason: error.message }, 'a task cannot be told to end early')
  }
}

/** A job that has moved on meanwhile, or is gone, needs nothing more. */
async function passing(act: () => Promise<unknown>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!isDomainError(error, 'conflict') && !isDomainError(error, 'not_found')) throw error
  }
}
