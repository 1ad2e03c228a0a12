/** What every store must do with the tasks of all runs in one list; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import type { TaskListing, WorkflowStore } from '../../src/store/workflow-store.ts'
import type { TaskState } from '../../src/workflow/task.ts'
import { NOW } from '../support/jobs.ts'
import { A_WORKFLOW, aNewTask, aRunOf } from '../support/runs.ts'
import type { StoreUnderTest } from './store.ts'

const NONE = { pending: 0, started: 0, success: 0, failure: 0, error: 0, skipped: 0, cancelled: 0 }

export function taskListContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let workflows: WorkflowStore
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      workflows = store.workflows
    })
    afterEach(() => store.close())

    const end = (id: number, state: TaskState) =>
      workflows.endTask(
        id,
        { state, at: NOW + 5, message: '', outcomes: [], counted: { processed: 0, skipped: 0, aborted: 0, failed: 0 } },
        [],
      )
    const ids = async (changes: Partial<TaskListing> = {}) => {
      const listing = { descending: false, offset: 0, limit: 100, ...changes }
      return (await workflows.allTasks(listing)).map(({ id }) => id)
    }

    test('all pages of the tasks of all runs are in order, whichever end they lie nearer to', async () => {
      await workflows.insertRun(
        aRunOf(),
        A_WORKFLOW,
        [1, 4, 5].map((id) => aNewTask(id)),
      )
      await workflows.insertRun(
        aRunOf(),
        A_WORKFLOW,
        [2, 3, 6, 7].map((id) => aNewTask(id)),
      )
      expect(await ids()).toEqual([1, 2, 3, 4, 5, 6, 7])
      const pages = [0, 2, 4, 6, 8].map((offset) => ids({ offset, limit: 2, descending: true }))
      expect(await Promise.all(pages)).toEqual([[7, 6], [5, 4], [3, 2], [1], []])
      expect(await workflows.allTasks({ descending: false, offset: 0, limit: 1 })).toEqual([await workflows.task(1)])
    })

    test('tasks of one state or several are listed, and counted as they go on and go', async () => {
      const run = await workflows.insertRun(
        aRunOf(),
        A_WORKFLOW,
        [1, 2, 3, 4, 5, 6].map((id) => aNewTask(id)),
      )
      expect(await workflows.taskCounts()).toEqual({ ...NONE, pending: 6 })
      await workflows.startTask(1, NOW)
      await end(1, 'success')
      await end(2, 'failure')
      await end(3, 'success')
      await workflows.startTask(4, NOW)
      await workflows.returnTask(4)
      await end(4, 'cancelled')
      expect(await workflows.taskCounts()).toEqual({ ...NONE, pending: 2, success: 2, failure: 1, cancelled: 1 })
      expect(await ids({ states: ['success'] })).toEqual([1, 3])
      expect(await ids({ states: ['failure', 'success', 'cancelled'], descending: true })).toEqual([4, 3, 2, 1])
      expect(await ids({ states: ['failure', 'success', 'cancelled'], offset: 2, limit: 1 })).toEqual([3])
      expect(await ids({ states: ['skipped'] })).toEqual([])
      const stored = (await workflows.run(run))!
      await workflows.replaceRun({ ...stored, version: stored.version + 1, state: 'failure', completedAt: NOW + 6 })
      expect(await workflows.removeRunsBefore(NOW + 10, 10)).toBe(1)
      expect(await workflows.taskCounts()).toEqual(NONE)
    })
  })
}
