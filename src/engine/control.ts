/** Steering one job: what each verb means for the state that the job is in. */

import { DomainError } from '../base/errors.ts'
import type { SignalOrder } from '../executor/executor.ts'
import { bucketOf } from '../job/bucket.ts'
import type { Job } from '../job/job.ts'
import type { JobStore } from '../store/store.ts'
import { apply, type Door } from './apply.ts'
import type { Control } from './command.ts'
import type { Executors } from './executors.ts'
import type { IdSource } from './ids.ts'

export interface ControlParts {
  door: Door
  executors: Executors
  ids: IdSource
}

/** @throws conflict when the job's state does not allow it, unavailable when the executor is out of reach */
export function steer(parts: ControlParts, job: Job, control: Control): Promise<Job> {
  switch (control.action) {
    case 'rerun':
      return rerun(parts, job, control)
    case 'dequeue':
      return apply(parts.door, job.id, { kind: 'dequeue', reason: 'dequeued' })
    case 'stop':
      return job.state === 'queued' ? stopQueued(parts, job) : signal(parts, job, control)
    case 'suspend':
    case 'resume':
    case 'signal':
      return signal(parts, job, control)
  }
}

/** Stopped before it ran: out of the queue, and kept. A job that was started in the meantime is signalled after all. */
async function stopQueued(parts: ControlParts, job: Job): Promise<Job> {
  const { door } = parts
  try {
    return await apply(door, job.id, { kind: 'dequeue', reason: 'stopped before it ran' })
  } catch (error) {
    const now = door.board.activeJob(job.id)
    if (!now) throw error
    return signal(parts, now, { action: 'stop' })
  }
}

async function rerun({ door, ids }: ControlParts, job: Job, { force, first }: Extract<Control, { action: 'rerun' }>) {
  const rank = first ? await rankBefore(door.jobs, job) : await ids.take()
  const keepsPlace = job.state === 'queued' && !first
  return apply(door, job.id, { kind: 'schedule', rank: keepsPlace ? job.rank : rank, force })
}

/** In front of all that wait in the job's bucket. */
async function rankBefore(jobs: JobStore, job: Job): Promise<number> {
  const [head] = await jobs.candidates(bucketOf(job.request), 1)
  return head ? head.rank - 1 : job.rank
}

type Signalling = Exclude<Control, { action: 'rerun' | 'dequeue' }>

/** States in which a verb finds something to signal. */
const SIGNALLED_IN: Readonly<Record<Signalling['action'], readonly Job['state'][]>> = {
  stop: ['running', 'suspended'],
  suspend: ['running'],
  resume: ['suspended'],
  signal: ['running', 'suspended'],
}

async function signal({ door, executors }: ControlParts, job: Job, control: Signalling): Promise<Job> {
  if (!SIGNALLED_IN[control.action].includes(job.state)) {
    throw new DomainError('conflict', `cannot ${control.action} job ${job.id}: it is ${job.state}`)
  }
  const order: SignalOrder = { ...control, jobId: job.id, attempt: job.attempt }
  await executors.ownerOf(job).signal(order)
  return door.board.activeJob(job.id) ?? (await door.jobs.get(job.id)) ?? job
}
