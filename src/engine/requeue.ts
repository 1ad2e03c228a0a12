/** Back to the queue at its old place, for a job that was dispatched without a process coming of it. */

import type { Job, JobId } from '../job/job.ts'
import { apply, type Door } from './apply.ts'

/** Running to withdrawn to queued (Accelerator, Agent Preemption); a server that dies between the two goes on at its next start. */
export async function returnToQueue(door: Door, id: JobId, reason: string): Promise<Job> {
  await apply(door, id, { kind: 'withdraw', reason })
  return scheduleAgain(door, id)
}

export function scheduleAgain(door: Door, id: JobId): Promise<Job> {
  return apply(door, id, (job) => ({ kind: 'schedule', rank: job.rank, force: false }))
}
