/** What every store must do to keep records in order: what is to be settled, what is in use, what may go. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL } from '../../src/job/filter.ts'
import type { TagName } from '../../src/job/record.ts'
import type { NewRecord, RecordStore } from '../../src/store/record-store.ts'
import type { Store } from '../../src/store/store.ts'
import { NOW } from '../support/jobs.ts'
import { aNewRecord, aResource } from '../support/records.ts'
import type { StoreUnderTest } from './store.ts'

export function recordUpkeepContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let records: RecordStore
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      records = store.records
    })
    afterEach(() => store.close())

    test('runs that are over wait to be settled, oldest first', async () => {
      for (const [jobId, changes] of [
        { startedAt: NOW + 1, state: 'failed' },
        { state: 'completed' },
        { state: 'running' },
        { state: 'completed', monitoring: 'disabled' },
      ].entries()) {
        await records.insert(aNewRecord({ jobId, ...(changes as Partial<NewRecord>) }))
      }
      expect((await records.unsettled(9)).map(({ id }) => id)).toEqual([2, 1])
      expect((await records.unsettled(1)).map(({ id }) => id)).toEqual([2])
      const statistics = { load: { unit: { base: '', prefix: '' }, avg: 2, min: 1, max: 3 } }
      const behaviour = { statistics, footprint: { load_avg: 2 }, energyFootprint: {}, energy: 0.5 }
      await records.settle(2, { ...behaviour, monitoring: 'archived' })
      await records.settle(99, { ...behaviour, monitoring: 'archived' })
      expect((await records.unsettled(9)).map(({ id }) => id)).toEqual([1])
      expect(await records.get(2)).toMatchObject({ ...behaviour, monitoring: 'archived' })
    })

    test('used hosts are those of runs that run now and began before, each once', async () => {
      const on = (jobId: number, hostnames: string[], changes: Partial<NewRecord> = {}) =>
        records.insert(
          aNewRecord({ jobId, resources: hostnames.map((hostname) => aResource({ hostname })), ...changes }),
        )
      await on(1, ['f2', 'f1'])
      await on(2, ['f2', 'f10'])
      await on(3, ['a1'], { cluster: 'alex' })
      await on(4, ['f3'], { startedAt: NOW + 5 })
      await on(5, ['f4'], { state: 'completed' })
      expect(await records.usedHosts(NOW + 5)).toEqual({ alex: ['a1'], fritz: ['f1', 'f10', 'f2'] })
      expect(await records.usedHosts(NOW)).toEqual({})
    })

    describe('what began before a time', () => {
      const kinds: readonly TagName[][] = [
        [],
        [{ type: 'app', name: 'vasp', scope: 'global' }],
        [{ type: 'jobClass', name: 'idle', scope: 'global' }],
        [
          { type: 'app', name: 'vasp', scope: 'global' },
          { type: 'note', name: 'mine', scope: 'alice' },
        ],
      ]

      test.each([
        ['none', [], 4],
        ['all', [2, 3, 4], 1],
        ['user', [4], 3],
      ] as const)('is removed, keeping %s of the tagged', async (keeping, kept, removed) => {
        for (const [jobId, tags] of kinds.entries()) await records.import(aNewRecord({ jobId }), tags)
        await records.insert(aNewRecord({ jobId: 9, startedAt: NOW + 1 }))
        expect(await records.removeBefore(NOW + 1, keeping)).toBe(removed)
        const left = await records.list({ filter: ALL, order: [{ field: 'id', descending: false }], now: NOW })
        expect(left.map(({ id }) => id)).toEqual([...kept, 5])
      })

      test('is removed whole, however much it is, and while others write', async () => {
        const many = Array.from({ length: 2500 }, (_, jobId) => aNewRecord({ jobId, startedAt: NOW - (jobId % 3) }))
        await records.putRuns(many)
        await records.tag(1, [{ type: 'note', name: 'kept', scope: 'global' }])
        const [removed] = await Promise.all([
          records.removeBefore(NOW + 1, 'all'),
          records.insert(aNewRecord({ jobId: 9999, startedAt: NOW + 2 })),
        ])
        expect(removed).toBe(2499)
        expect(await records.count(ALL, NOW)).toBe(2)
      })
    })
  })
}
