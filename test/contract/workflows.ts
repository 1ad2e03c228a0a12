/** What every store must do with workflows, runs and tasks; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Store } from '../../src/store/store.ts'
import type { EndOfTask, RunListing, WorkflowStore } from '../../src/store/workflow-store.ts'
import type { PathEntry } from '../../src/workflow/path-entry.ts'
import { NOW } from '../support/jobs.ts'
import { A_WORKFLOW, aNewTask, aRunOf } from '../support/runs.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

const NONE = { processed: 0, skipped: 0, aborted: 0, failed: 0 }

const anEnd = (changes: Partial<EndOfTask> = {}): EndOfTask => ({
  state: 'success',
  at: NOW + 5,
  message: '',
  outcomes: [{ path: '/data/1', outcome: 'processed', message: '', movedBytes: 5 }],
  counted: { ...NONE, processed: 1 },
  ...changes,
})

const listing = (changes: Partial<RunListing> = {}): RunListing => ({
  filter: {},
  order: { field: 'id', descending: false },
  offset: 0,
  limit: 100,
  ...changes,
})

export function workflowContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let workflows: WorkflowStore
    const reopen = async () => {
      store = await subject.open()
      workflows = store.workflows
    }
    beforeEach(async () => {
      await subject.clear()
      await reopen()
    })
    afterEach(() => store.close())

    describe('definitions and documents', () => {
      test('a definition is kept under a name of its own, changed and removed', async () => {
        const { id: _id, ...mine } = A_WORKFLOW
        const stored = await workflows.insertDefinition(mine)
        await expect(workflows.insertDefinition(mine)).rejects.toMatchObject({ code: 'conflict' })
        await workflows.replaceDefinition({ ...stored, label: 'Ours' })
        expect(await workflows.definitions()).toEqual([{ ...stored, label: 'Ours' }])
        await expect(workflows.replaceDefinition({ ...stored, id: 99, name: 'x' })).rejects.toMatchObject({
          code: 'not_found',
        })
        expect(await workflows.removeDefinition(stored.id)).toBe(true)
        expect(await workflows.removeDefinition(stored.id)).toBe(false)
      })

      test('documents are kept by kind, in the order in which they came', async () => {
        const first = await workflows.insertDocument('group', 'a', { members: ['x'] }, NOW)
        await workflows.insertDocument('alert', 'b', 1, NOW)
        expect(await workflows.replaceDocument('alert', first, {})).toBe(false)
        expect(await workflows.replaceDocument('group', first, HOSTILE)).toBe(true)
        expect(await workflows.documents('group')).toEqual([{ id: first, name: 'a', value: HOSTILE, createdAt: NOW }])
        expect(await workflows.removeDocument('group', first)).toBe(true)
        expect(await workflows.documents('group')).toEqual([])
      })
    })

    describe('runs', () => {
      test('a run comes back as it was stored with its tasks, also after the store was opened anew', async () => {
        const run = aRunOf({ fields: { text: 'ü☃' }, paths: [{ path: '/data/\udcff', state: 'x' }], schedule: 3 })
        const id = await workflows.insertRun(run, A_WORKFLOW, [aNewTask(1), aNewTask(2)])
        await store.close()
        await reopen()
        expect(await workflows.run(id)).toEqual({ ...run, id })
        expect(await workflows.definitionOf(id)).toEqual(A_WORKFLOW)
        expect((await workflows.tasks(id, { offset: 0, limit: 10 })).map((task) => task.id)).toEqual([1, 2])
        expect(await workflows.batch(1)).toEqual({ entries: aNewTask(1).entries, outcomes: [] })
        expect(await workflows.run(id + 1)).toBeUndefined()
      })

      test('runs that are stored in one turn get their own tasks', async () => {
        const ids = await Promise.all(
          [1, 2, 3].map((n) => workflows.insertRun(aRunOf(), A_WORKFLOW, [aNewTask(n), aNewTask(n + 10)])),
        )
        const tasks = await Promise.all(ids.map((id) => workflows.tasks(id, { offset: 0, limit: 10 })))
        expect(tasks.map((of) => of.map(({ id }) => id))).toEqual([1, 2, 3].map((n) => [n, n + 10]))
      })

      test('of two writers with the same version the second is refused', async () => {
        const id = await workflows.insertRun(aRunOf(), A_WORKFLOW, [])
        const next = { id, version: 2, state: 'pausing', completedAt: null } as const
        const outcomes = await Promise.allSettled([workflows.replaceRun(next), workflows.replaceRun(next)])
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
        expect(outcomes[1]).toMatchObject({ reason: { code: 'conflict', details: { stale: true } } })
      })

      test('lists are filtered, ordered and paged; counts are of all that the filter takes', async () => {
        const over = { state: 'success', completedAt: NOW + 1 } as const
        await workflows.insertRun(aRunOf({ site: 'two', ...over }), A_WORKFLOW, [])
        await workflows.insertRun(aRunOf({ owner: 'bob', createdAt: NOW + 86_400_000 }), A_WORKFLOW, [])
        await workflows.insertRun(aRunOf({ workflow: 'recall', queue: 'fast', schedule: 7 }), A_WORKFLOW, [])
        const ids = async (changes: Partial<RunListing>) => (await workflows.runs(listing(changes))).map(({ id }) => id)
        expect(await ids({ order: { field: 'id', descending: true }, limit: 2 })).toEqual([3, 2])
        expect(await ids({ order: { field: 'site', descending: true }, offset: 1 })).toEqual([3, 2])
        expect(await ids({ filter: { sites: ['one'], owners: ['alice'] } })).toEqual([3])
        expect(await ids({ filter: { states: ['success'] } })).toEqual([1])
        expect(await ids({ filter: { hideNoop: true } })).toEqual([2, 3])
        expect(await ids({ filter: { createdFrom: NOW + 1 } })).toEqual([2])
        expect(await ids({ filter: { createdBefore: NOW + 1, queues: ['fast'] } })).toEqual([3])
        expect(await ids({ filter: { schedules: [7] } })).toEqual([3])
        expect(await ids({ filter: { ids: [1, 3], workflows: ['migrate'] } })).toEqual([1])
        expect(await workflows.stats({})).toEqual({
          count: 3,
          types: { migrate: 2, recall: 1 },
          states: { success: 1, pending: 2 },
          sites: { one: 2, two: 1 },
          days: { '2026-11-21': 2, '2026-11-22': 1 },
        })
        expect(await workflows.stats({ owners: ['bob'] })).toMatchObject({ count: 1 })
        expect(await workflows.stats({ owners: ['nobody'] })).toEqual({
          ...{ count: 0, types: {}, states: {}, sites: {}, days: {} },
        })
        expect((await workflows.openRuns()).map(({ id }) => id)).toEqual([2, 3])
      })

      test('those that ended long ago are let go with all that was theirs', async () => {
        const old = aRunOf({ state: 'success', completedAt: NOW })
        const id = await workflows.insertRun(old, A_WORKFLOW, [aNewTask(1)])
        const young = await workflows.insertRun({ ...old, completedAt: NOW + 1 }, A_WORKFLOW, [aNewTask(2)])
        await workflows.insertRun(aRunOf(), A_WORKFLOW, [])
        expect(await workflows.removeRunsBefore(NOW + 1, 10)).toBe(1)
        expect(await workflows.run(id)).toBeUndefined()
        expect(await workflows.batch(1)).toEqual({ entries: [], outcomes: [] })
        expect((await workflows.batch(2)).entries).toHaveLength(1)
        expect(await workflows.run(young)).toBeDefined()
      })
    })

    describe('tasks', () => {
      let run: number
      beforeEach(async () => {
        run = await workflows.insertRun(aRunOf(), A_WORKFLOW, [aNewTask(1)])
      })
      const totals = async () => (await workflows.run(run))!.totals

      test('a start is counted once, and taken back', async () => {
        await Promise.all([workflows.startTask(1, NOW + 1), workflows.startTask(1, NOW + 2)])
        expect(await workflows.task(1)).toMatchObject({ state: 'started', startedAt: NOW + 1 })
        expect(await workflows.run(run)).toMatchObject({
          startedAt: NOW + 1,
          totals: { tasks: { pending: 0, started: 1 } },
        })
        await Promise.all([workflows.returnTask(1), workflows.returnTask(1)])
        expect((await totals()).tasks).toMatchObject({ pending: 1, started: 0 })
      })

      test('a finding is stored once, in its turn, with the tasks that follow from it', async () => {
        const finding = { sequence: 0, cursor: 'c0', pathCount: 2, sizeBytes: 9 }
        const told = await Promise.all([
          workflows.storeFinding(1, finding, [aNewTask(2)]),
          workflows.storeFinding(1, finding, [aNewTask(3)]),
          workflows.storeFinding(1, { ...finding, sequence: 2 }, [aNewTask(4)]),
          workflows.storeFinding(1, { ...finding, sequence: 1, cursor: 'c1' }, []),
        ])
        expect(told).toEqual([true, false, false, true])
        expect((await workflows.tasks(run, { offset: 0, limit: 10 })).map(({ id }) => id)).toEqual([1, 2])
        expect(await workflows.cursor(1)).toEqual({ sequence: 2, cursor: 'c1' })
        expect(await totals()).toMatchObject({ discovered: 4, discoveredBytes: 18, tasks: { pending: 2 } })
        expect(await workflows.task(1)).toMatchObject({ pathCount: 4 + 1 })
        expect(await workflows.batch(3)).toEqual({ entries: [], outcomes: [] })
      })

      test('an end is stored once, with its outcomes and the tasks that follow from it', async () => {
        await workflows.startTask(1, NOW)
        const first = anEnd({ message: 'ö\ud800' })
        const told = await Promise.all([
          workflows.endTask(1, first, [aNewTask(2, { parent: 1, step: 1 })]),
          workflows.endTask(1, anEnd({ state: 'failure' }), [aNewTask(3)]),
        ])
        expect(told).toEqual([true, false])
        expect(await workflows.task(1)).toMatchObject({ state: 'success', message: 'ö\ufffd', completedAt: NOW + 5 })
        expect(await workflows.batch(1)).toEqual({ entries: aNewTask(1).entries, outcomes: first.outcomes })
        expect(await workflows.task(3)).toBeUndefined()
        expect(await totals()).toMatchObject({
          movedBytes: 5,
          outcomes: { processed: 1, failed: 0 },
          tasks: { pending: 1, started: 0, success: 1, failure: 0 },
        })
        await workflows.startTask(1, NOW)
        expect(await workflows.task(1)).toMatchObject({ state: 'success' })
      })

      test('a part of a batch goes on in another task, and its own end keeps the rest', async () => {
        const entries = [1, 2, 3].map((n) => aNewTask(n).entries[0]!)
        const id = await workflows.insertRun(aRunOf(), A_WORKFLOW, [aNewTask(21, { entries })])
        const cut = anEnd({ entries: entries.slice(0, 1) })
        const rest = aNewTask(22, { entries: entries.slice(1) })
        const told = await Promise.all([
          workflows.endTask(21, cut, [rest]),
          workflows.endTask(21, anEnd({ entries: [] }), [aNewTask(23)]),
        ])
        expect(told).toEqual([true, false])
        expect(await workflows.batch(21)).toEqual({ entries: cut.entries, outcomes: cut.outcomes })
        expect(await workflows.batch(22)).toEqual({ entries: rest.entries, outcomes: [] })
        const tasks = await workflows.tasks(id, { offset: 0, limit: 10 })
        expect(tasks.map(({ pathCount }) => pathCount)).toEqual([1, 2])
      })

      test('a discovery goes on in another task from where it stood', async () => {
        const from = { sequence: 4, cursor: 'c3' }
        await workflows.endTask(1, anEnd({ outcomes: [] }), [aNewTask(2, { from, entries: [] })])
        expect(await workflows.cursor(2)).toEqual(from)
        const next = { sequence: 4, cursor: 'c4', pathCount: 1, sizeBytes: 1 }
        expect(await workflows.storeFinding(2, next, [])).toBe(true)
      })

      test('one that never started ends too', async () => {
        await workflows.endTask(1, anEnd({ state: 'failure', outcomes: [] }), [])
        expect((await totals()).tasks).toMatchObject({ pending: 0, started: 0, failure: 1 })
      })

      test('a last task is there once', async () => {
        const last = { rule: -1, step: 1 }
        const told = await Promise.all([
          workflows.appendTask(run, aNewTask(8, last)),
          workflows.appendTask(run, aNewTask(9, last)),
        ])
        expect(told).toEqual([true, false])
        expect((await totals()).tasks.pending).toBe(2)
      })

      test('those that wait are cancelled piece by piece, those that run are not', async () => {
        const id = await workflows.insertRun(
          aRunOf({ totals: { ...aRunOf().totals, tasks: { ...aRunOf().totals.tasks, pending: 4 } } }),
          A_WORKFLOW,
          [11, 12, 13, 14].map((jobId) => aNewTask(jobId)),
        )
        await workflows.startTask(12, NOW)
        const end = { at: NOW, message: 'Cancelled.' }
        expect(await workflows.cancelPending(id, end, 2)).toEqual([11, 13])
        expect(await workflows.cancelPending(id, end, 2)).toEqual([14])
        expect(await workflows.cancelPending(id, end, 2)).toEqual([])
        expect((await workflows.run(id))!.totals).toMatchObject({
          tasks: { pending: 0, started: 1, cancelled: 3 },
          outcomes: { ...NONE, aborted: 3 },
        })
        expect(await workflows.task(11)).toMatchObject({ message: 'Cancelled.', outcomes: { aborted: 1 } })
      })

      test('it is known which the engine has', async () => {
        const more = [aNewTask(2), aNewTask(3)]
        await workflows.storeFinding(1, { sequence: 0, cursor: '', pathCount: 2, sizeBytes: 0 }, more)
        await workflows.markHanded([1, 2])
        const ids = (tasks: readonly { id: number }[]) => tasks.map(({ id }) => id)
        expect(ids(await workflows.unhandedTasks(run, 10))).toEqual([3])
        expect(ids(await workflows.handedTasks(run, 0, 10))).toEqual([1, 2])
        expect(ids(await workflows.handedTasks(run, 1, 10))).toEqual([2])
        expect(await workflows.countQueued(run)).toBe(2)
        await workflows.startTask(1, NOW)
        expect(await workflows.countQueued(run)).toBe(1)
        expect(ids(await workflows.tasks(run, { states: ['pending'], offset: 1, limit: 1 }))).toEqual([3])
      })

      test('the paths that were not done are found again, whatever their names', async () => {
        const names = [...HOSTILE, 'a\udc80b', '\n']
        const entries = names.map(
          (text): PathEntry => ({
            ...{ path: `/data/${text}`, type: 'symlink', sizeBytes: 1, state: text || 'x' },
            from: `/old/${text}`,
            ...(text === '\n' && { object: { target: 'bucket', key: `${text}.1` } }),
          }),
        )
        const tasks = [aNewTask(2, { entries }), aNewTask(3, { entries }), aNewTask(4)]
        await workflows.storeFinding(1, { sequence: 0, cursor: '', pathCount: 1, sizeBytes: 0 }, tasks)
        const outcomes = entries.map(({ path, object }, index) => ({
          ...{ path, outcome: index === 0 ? 'failed' : 'processed', message: path, movedBytes: 0 },
          ...(object && { object }),
        })) as EndOfTask['outcomes']
        await workflows.endTask(2, anEnd({ state: 'error', outcomes }), [])
        await workflows.endTask(3, anEnd({ state: 'failure', outcomes: [] }), [])
        await workflows.endTask(4, anEnd(), [])
        expect(await Array.fromAsync(workflows.failedPaths(run))).toEqual([[entries[0]], entries])
        expect(await workflows.batch(2)).toEqual({ entries, outcomes })
      })

      test('others have their turn while the paths that were not done are read', async () => {
        const tasks = [2, 3, 4].map((id) => aNewTask(id))
        await workflows.storeFinding(1, { sequence: 0, cursor: '', pathCount: 3, sizeBytes: 0 }, tasks)
        for (const { jobId } of tasks) await workflows.endTask(jobId, anEnd({ state: 'failure', outcomes: [] }), [])
        let turns = 0
        const turn = () => {
          turns += 1
          others = setImmediate(turn)
        }
        let others = setImmediate(turn)
        await Array.fromAsync(workflows.failedPaths(run))
        clearImmediate(others)
        expect(turns).toBeGreaterThanOrEqual(tasks.length - 1)
      })
    })

    test('schedules are kept, changed and removed', async () => {
      const { id: _id, ...given } = {
        ...{ id: 0, name: 'nightly', workflow: 'migrate', site: 'one', queue: 'default', paths: ['/data'], fields: {} },
        ...{ discovery: null, cron: '0 3 * * *', timeZone: 'Europe/Zurich', enabled: true, owner: 'alice' },
        ...{ createdAt: NOW, lastRunAt: null },
      }
      const schedule = await workflows.insertSchedule(given)
      await workflows.replaceSchedule({ ...schedule, lastRunAt: NOW })
      expect(await workflows.schedules()).toEqual([{ ...schedule, lastRunAt: NOW }])
      expect(await workflows.removeSchedule(schedule.id)).toBe(true)
      expect(await workflows.removeSchedule(schedule.id)).toBe(false)
    })
  })
}
