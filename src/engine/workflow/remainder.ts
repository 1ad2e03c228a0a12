/** What a task that ended early, since its run is paused, leaves to another task, which is stored with its end. */

import type { TaskEnd } from '../../executor/desk.ts'
import type { EndOfTask, NewTask } from '../../store/workflow-store.ts'
import type { PathEntry, PathOutcome } from '../../workflow/path-entry.ts'
import type { Run, Task } from '../../workflow/task.ts'
import { isDiscovery } from './order.ts'
import type { Room } from './room.ts'

/** What it did, and what it leaves. */
export interface Parted {
  entries: PathEntry[]
  outcomes: PathOutcome[]
  rest: NewTask
  /** What its end is to say besides. */
  cut: Pick<EndOfTask, 'message' | 'entries'>
}

/** Undefined where it leaves nothing, or where nobody would go on with it. */
export async function partAt(
  room: Room,
  { task, run }: { task: Task; run: Run },
  { end, entries }: { end: TaskEnd; entries: readonly PathEntry[] },
): Promise<Parted | undefined> {
  const { left, outcomes, failure, stopped } = end
  if (left === undefined || failure !== null || stopped || run.state === 'dequeuing') return undefined
  const isLeft = new Set(left)
  const rest = await restOf(
    room,
    task,
    left.map((index) => entries[index]!),
  )
  const did = entries.filter((_entry, index) => !isLeft.has(index))
  const what = isDiscovery(task) ? 'the search goes' : `${left.length} more paths go`
  return {
    entries: did,
    outcomes: isDiscovery(task) ? [...outcomes] : outcomes.filter((_outcome, index) => !isLeft.has(index)),
    rest,
    cut: {
      message: `Its job was paused: ${what} on in task ${rest.jobId}.`,
      ...(!isDiscovery(task) && { entries: did }),
    },
  }
}

/** The same step over the rest of the batch, or the search from its last stored finding. */
async function restOf({ store, jobs, clock }: Room, task: Task, entries: readonly PathEntry[]): Promise<NewTask> {
  const { name, site, queue, lane, parent, rule, step } = task
  const [jobId] = await jobs.reserve(1)
  const from = await store.cursor(task.id)
  const place = { name, site, queue, lane, parent, rule, step }
  return { ...place, jobId: jobId!, arguments: task.arguments, createdAt: clock.now(), entries, ...(from && { from }) }
}
