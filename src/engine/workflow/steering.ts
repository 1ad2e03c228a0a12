/** Cancel, pause and resume a run (spec/hub.md 5.5). */

import { DomainError } from '../../base/errors.ts'
import { type ControlAction, controlled } from '../../workflow/state.ts'
import type { Run, Task, TaskId } from '../../workflow/task.ts'
import { advance, changeState, loadRun } from './advance.ts'
import type { Room } from './room.ts'

const AT_ONCE = 500

/** The run right after; tasks answer later. @throws conflict where its state does not allow it */
export function steerRun(room: Room, { id }: Pick<Run, 'id'>, action: ControlAction): Promise<Run> {
  return room.turns.take(id, async () => {
    await enter(room, id, action)
    await eachHanded(room, id, (task) => ACTS[action](room, task))
    return (await advance(room, id)) ?? loadRun(room, id)
  })
}

async function enter(room: Room, id: number, action: ControlAction): Promise<void> {
  for (;;) {
    const run = await loadRun(room, id)
    const state = controlled(run.state, action)
    if (state === null) throw new DomainError('conflict', `Cannot ${action} a job in state ${run.state.toUpperCase()}.`)
    if (await changeState(room, run, state)) return
  }
}

const ACTS: Readonly<Record<ControlAction, (room: Room, task: Task) => Promise<void>>> = {
  cancel: async ({ jobs }, task) => {
    // Those that wait are ended in the record first, and their jobs go with that.
    if (task.state === 'started') await jobs.remove(task.id)
  },
  pause: async ({ jobs }, task) => {
    if (task.state === 'pending') await jobs.hold(task.id)
    else await jobs.interrupt(task.id)
  },
  resume: async ({ jobs }, task) => {
    if (task.state === 'pending') await jobs.release(task.id)
  },
}

async function eachHanded({ store }: Room, run: number, act: (task: Task) => Promise<void>): Promise<void> {
  for (let after: TaskId = 0; ; ) {
    const tasks = await store.handedTasks(run, after, AT_ONCE)
    await Promise.all(tasks.map(act))
    const last = tasks.at(-1)
    if (!last || tasks.length < AT_ONCE) return
    after = last.id
  }
}
