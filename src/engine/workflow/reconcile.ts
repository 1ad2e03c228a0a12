/** At the start: runs, tasks and jobs are compared, and what a crash left open is brought on. */

import { isActive, isFinal, type Job } from '../../job/job.ts'
import { isTaskOver } from '../../workflow/state.ts'
import type { Run, Task, TaskId } from '../../workflow/task.ts'
import { advance } from './advance.ts'
import { abandon } from './desk.ts'
import { isHalted } from './follow.ts'
import type { Room } from './room.ts'

const AT_ONCE = 500

export async function reconcile(room: Room): Promise<void> {
  for (const { id } of await room.store.openRuns()) {
    await room.turns.take(id, async () => {
      const run = await room.store.run(id)
      if (run) await compare(room, run)
      await advance(room, id)
    })
  }
}

async function compare(room: Room, run: Run): Promise<void> {
  for (let after: TaskId = 0; ; ) {
    const tasks = await room.store.handedTasks(run.id, after, AT_ONCE)
    await Promise.all(tasks.map((task) => agree(room, run, task)))
    const last = tasks.at(-1)
    if (!last || tasks.length < AT_ONCE) return
    after = last.id
  }
}

async function agree(room: Room, run: Run, task: Task): Promise<void> {
  const { store, jobs, clock } = room
  const job = await jobs.get(task.id)
  if (!job || isFinal(job.state)) {
    const now = await store.task(task.id)
    if (now && !isTaskOver(now.state)) await abandon(room, task, job?.reason || 'Its job was forgotten.')
    return
  }
  if (isActive(job.state)) await store.startTask(task.id, job.run?.startedAt ?? clock.now())
  else await store.returnTask(task.id)
  await place(room, run, job)
}

/** Where a job stands by what its run wants. */
async function place({ jobs }: Room, run: Run, { id, state }: Job): Promise<void> {
  const isRunning = isActive(state)
  if (run.state === 'dequeuing' && isRunning) await jobs.remove(id)
  if (isHalted(run) && isRunning) await jobs.interrupt(id)
  if (run.state === 'dequeuing' || isRunning) return
  if (isHalted(run)) await jobs.hold(id)
  else await jobs.release(id)
}
