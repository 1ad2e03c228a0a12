/** The one door by which a job changes: load, decide, store, tell. */

import { DomainError, isDomainError } from '../base/errors.ts'
import type { JobEvent } from '../job/event.ts'
import type { Job, JobId } from '../job/job.ts'
import { transition } from '../job/transition.ts'
import type { JobStore } from '../store/store.ts'
import type { Board } from './board.ts'
import type { Bus } from './bus.ts'

export interface Door {
  jobs: JobStore
  board: Board
  bus: Bus
}

/** Events of one turn meet at the same version; who comes second looks again. */
const ATTEMPTS = 10

/**
 * The job after the event, stored. `event` may be made from the job as it stands; who has just seen the job may hand it
 * in as `seen`, and the store will say if it has changed since.
 * @throws not_found, conflict (the law of `transition`), unavailable
 */
export async function apply(
  door: Door,
  id: JobId,
  event: JobEvent | ((job: Job) => JobEvent),
  seen?: Job,
): Promise<Job> {
  for (let attempt = 1; ; attempt += 1) {
    const before = (attempt === 1 && seen) || (await load(door, id))
    const told = typeof event === 'function' ? event(before) : event
    const after = transition(before, told)
    try {
      await (told.kind === 'modify' ? door.jobs.modify(after) : door.jobs.replace(after))
    } catch (error) {
      if (isStale(error) && attempt < ATTEMPTS) continue
      throw error
    }
    door.board.follow(before, after)
    door.bus.emit({ kind: told.kind, before, after })
    return after
  }
}

/** @throws not_found */
export async function load({ board, jobs }: Pick<Door, 'board' | 'jobs'>, id: JobId): Promise<Job> {
  const job = board.activeJob(id) ?? (await jobs.get(id))
  if (!job) throw new DomainError('not_found', `there is no job ${id}; it may have been forgotten`)
  return job
}

export function isStale(error: unknown): boolean {
  return isDomainError(error, 'conflict') && error.details.stale === true
}
