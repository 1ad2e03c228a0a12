/** Runs and their tasks as callers see them and steer them. */

import { type Caller, permit } from '../../auth/caller.ts'
import { DomainError } from '../../base/errors.ts'
import type { PathEntry, PathOutcome } from '../../workflow/path-entry.ts'
import { isTaskOver, outcomeOfAll } from '../../workflow/state.ts'
import type { RunId, Task, TaskId } from '../../workflow/task.ts'
import { loadRun } from './advance.ts'
import { isDiscovery } from './order.ts'
import { resubmit } from './resubmission.ts'
import type { Room } from './room.ts'
import { steerRun } from './steering.ts'
import { submit } from './submit.ts'
import type { Workflows } from './workflows.ts'

type Runs = Pick<
  Workflows,
  'submit' | 'run' | 'runs' | 'stats' | 'tasks' | 'allTasks' | 'taskCounts' | 'task' | 'paths' | 'control' | 'resubmit'
>

export function createRuns(room: Room): Runs {
  const { store, progress } = room
  return {
    submit: (caller, submission) => submit(room, caller, submission),
    async run(caller, id) {
      permit(caller, 'view', caller.user)
      return progress.ofRun(await loadRun(room, id))
    },
    async runs(caller, listing) {
      permit(caller, 'view', caller.user)
      return (await store.runs(listing)).map((run) => progress.ofRun(run))
    },
    async stats(caller, filter) {
      permit(caller, 'view', caller.user)
      return store.stats(filter)
    },
    async tasks(caller, run, page) {
      permit(caller, 'view', caller.user)
      await loadRun(room, run)
      return (await store.tasks(run, page)).map((task) => progress.ofTask(task))
    },
    async allTasks(caller, listing) {
      permit(caller, 'view', caller.user)
      return (await store.allTasks(listing)).map((task) => progress.ofTask(task))
    },
    async taskCounts(caller) {
      permit(caller, 'view', caller.user)
      return store.taskCounts()
    },
    async task(caller, id) {
      permit(caller, 'view', caller.user)
      return progress.ofTask(await loadTask(room, id))
    },
    async paths(caller, id) {
      permit(caller, 'view', caller.user)
      const task = await loadTask(room, id)
      const batch = await store.batch(id)
      if (isDiscovery(task)) return { ...batch, entries: batch.outcomes.map(unreadable) }
      return isTaskOver(task.state) && batch.outcomes.length === 0 ? { ...batch, outcomes: asOne(task, batch) } : batch
    },
    async control(caller, id, action) {
      await permitControl(room, caller, id)
      return progress.ofRun(await steerRun(room, { id }, action))
    },
    resubmit: (caller, id) => resubmit(room, caller, id),
  }
}

/** A discovery has no batch: what it names is what it could not look into. */
function unreadable({ path }: PathOutcome): PathEntry {
  return { path, type: 'directory', sizeBytes: 0, state: 'processed' }
}

/** It came to its end as a whole. */
function asOne({ state, message }: Task, { entries }: { entries: readonly PathEntry[] }): PathOutcome[] {
  return entries.map(({ path }) => ({ path, outcome: outcomeOfAll(state), message, movedBytes: 0 }))
}

async function permitControl(room: Room, caller: Caller, id: RunId): Promise<void> {
  const run = await loadRun(room, id)
  permit(caller, 'control', run.owner)
}

/** @throws not_found */
async function loadTask({ store }: Room, id: TaskId): Promise<Task> {
  const task = await store.task(id)
  if (!task) throw new DomainError('not_found', `There is no task ${id}.`)
  return task
}
