/** What every store must do with the records of runs; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL } from '../../src/job/filter.ts'
import type { NewRecord, RecordStore } from '../../src/store/record-store.ts'
import type { Store } from '../../src/store/store.ts'
import { NOW } from '../support/jobs.ts'
import { aNewRecord, anEndedRecord, aResource } from '../support/records.ts'
import type { StoreUnderTest } from './store.ts'

const DAY_MS = 86_400_000

/** Texts that mean something to SQL, to JSON or to a path in it. */
export const HOSTILE = [
  `'; drop table record; --`,
  'a"b',
  'a.b',
  '$',
  '$.jobName',
  '$[0]',
  '[0]',
  '\\u0000\\',
  'nul\0l',
  '',
  ' ',
  '%_*?',
  '__proto__',
  'constructor',
  'Zürich ☃ 🧪 \u202e',
  'line\nbreak\ttab',
  'x'.repeat(20_000),
] as const

const EVERYTHING = anEndedRecord({
  jobId: Number.MAX_SAFE_INTEGER,
  user: 'Zoë',
  shared: 'multi_user',
  resources: [
    aResource({ hwthreads: [0, 1, 71], accelerators: ['00000000:49:00.0'], configuration: 'c' }),
    aResource({ hostname: 'ü"\0' }),
  ],
  numAcc: 1,
  smt: 2,
  arrayJobId: 5,
  walltimeMs: -1,
  startedAt: -5000,
  submittedAt: 4,
  requestedMemoryMb: 128_000,
  metaData: { jobName: 'ams', jobScript: '#!/bin/sh\n' },
  statistics: { load: { unit: { base: 'F/s', prefix: 'G' }, avg: 0.1, min: -1e-9, max: 1e300 } },
  footprint: { load_avg: 0.30000000000000004 },
  energyFootprint: {},
  energy: 12.34,
})

export function recordContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let records: RecordStore
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      records = store.records
    })
    afterEach(() => store.close())

    test('a record comes back as it was stored, also after the store was opened anew', async () => {
      const id = await records.insert(EVERYTHING)
      expect(await records.get(id)).toEqual({ ...EVERYTHING, id, tags: [] })
      await store.close()
      store = await subject.open()
      expect(await store.records.get(id)).toEqual({ ...EVERYTHING, id, tags: [] })
      expect(await store.records.list({ filter: ALL, order: [], now: NOW })).toEqual([{ ...EVERYTHING, id, tags: [] }])
    })

    test('any text is kept wherever it stands', async () => {
      for (const [jobId, text] of HOSTILE.entries()) {
        const words = { cluster: text, subCluster: text, partition: text, project: text, user: text }
        const resources = [aResource({ hostname: text })]
        const record = aNewRecord({ ...words, jobId, resources, metaData: { [text]: text }, footprint: { [text]: 1 } })
        const id = await records.insert(record)
        expect(await records.get(id)).toEqual({ ...record, id, tags: [] })
        await records.putRuns([{ ...record, attempt: 1 }])
        const run = { jobId, cluster: text }
        expect(await records.find(run)).toEqual({ ...record, attempt: 1, id: expect.any(Number), tags: [] })
        expect((await records.usedHosts(NOW + 1))[text]).toEqual([text])
      }
    })

    test('a number that could not be read again is refused', async () => {
      for (const jobId of [1e18, 1.5, Number.NaN]) {
        await expect(records.insert(aNewRecord({ jobId }))).rejects.toMatchObject({ code: 'invalid' })
        await expect(records.putRuns([aNewRecord({ startedAt: jobId })])).rejects.toMatchObject({ code: 'invalid' })
      }
      expect(await records.count(ALL, NOW)).toBe(0)
    })

    describe('a run that was reported already', () => {
      test.each([
        ['at the same time', 0, true],
        ['a moment less than a day later', DAY_MS - 1, true],
        ['a day later', DAY_MS, false],
        ['a month earlier', -30 * DAY_MS, true],
      ])('%s is refused: %#', async (_, laterMs, refused) => {
        const id = await records.insert(aNewRecord())
        const again = records.insert(aNewRecord({ startedAt: NOW + laterMs }))
        if (refused) await expect(again).rejects.toMatchObject({ code: 'conflict', details: { id } })
        else expect(await again).toBe(id + 1)
      })

      test('is another one on another cluster', async () => {
        await records.insert(aNewRecord())
        await records.insert(aNewRecord({ cluster: 'alex' }))
        expect(await records.count(ALL, NOW)).toBe(2)
      })

      test('is stored once, however many report it at once', async () => {
        const reports = Array.from({ length: 20 }, (_, index) => records.insert(aNewRecord({ startedAt: NOW + index })))
        const outcomes = await Promise.allSettled(reports)
        expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(1)
        expect(await records.count(ALL, NOW)).toBe(1)
      })

      test('may be reported again when it was removed, under a new id', async () => {
        const id = await records.insert(aNewRecord())
        expect(await records.remove(id)).toBe(true)
        expect(await records.remove(id)).toBe(false)
        expect(await records.insert(aNewRecord())).toBeGreaterThan(id)
      })
    })

    describe('runs of the engine', () => {
      const run = (changes: Partial<NewRecord> = {}) => aNewRecord({ origin: 'engine', attempt: 1, ...changes })

      test('take what is known now until they have ended, and then no more', async () => {
        await records.putRuns([run({ jobId: 1 }), run({ jobId: 2 })])
        await records.putRuns([run({ jobId: 1, state: 'failed', durationMs: 5 }), run({ jobId: 3 })])
        await records.putRuns([run({ jobId: 1, state: 'running' })])
        const found = await records.list({ filter: ALL, order: [{ field: 'jobId', descending: false }], now: NOW })
        expect(found.map(({ jobId, state }) => [jobId, state])).toEqual([
          [1, 'failed'],
          [2, 'running'],
          [3, 'running'],
        ])
        expect(found[0]?.durationMs).toBe(5)
      })

      test('may begin and end in one message', async () => {
        await records.putRuns([run(), run({ state: 'completed' })])
        expect(await records.get(1)).toMatchObject({ state: 'completed' })
      })

      test('keep meta data and behaviour that others gave them', async () => {
        const energyFootprint = { power: 2 }
        await records.putRuns([run({ metaData: { jobName: 'a' } })])
        await records.setMetaData(1, 'note', 'mine')
        const guess = { statistics: null, footprint: { load_avg: 1 }, energyFootprint, energy: 2 }
        await records.settle(1, { ...guess, monitoring: 'pending' })
        await records.putRuns([run({ metaData: { jobName: 'b' }, state: 'completed' })])
        expect(await records.get(1)).toMatchObject({ ...guess, metaData: { jobName: 'b', note: 'mine' } })
      })

      test('tell the newest of them', async () => {
        expect(await records.lastRun()).toBeUndefined()
        await records.putRuns([run({ jobId: 4, attempt: 9 }), run({ jobId: 5 }), run({ jobId: 5, attempt: 2 })])
        await records.insert(aNewRecord({ jobId: 99 }))
        expect(await records.lastRun()).toEqual({ jobId: 5, attempt: 2 })
      })
    })

    test('a run of an archive is imported once, with its tags', async () => {
      const tags = [{ type: 'app', name: 'vasp', scope: 'global' }]
      const id = await records.import(EVERYTHING, tags)
      expect(await records.import(EVERYTHING, tags)).toBe(id)
      expect(await records.get(id)).toEqual({ ...EVERYTHING, id, tags: [{ id: 1, ...tags[0] }] })
      expect(await records.import(aNewRecord({ jobId: EVERYTHING.jobId, cluster: 'alex' }), [])).toBeGreaterThan(id)
    })

    test('a run is found by what is given of it, the newest start first', async () => {
      const [first, second, third] = [
        await records.insert(aNewRecord({ jobId: 7 })),
        await records.insert(aNewRecord({ jobId: 7, startedAt: NOW + DAY_MS })),
        await records.insert(aNewRecord({ jobId: 7, cluster: 'alex' })),
      ]
      expect((await records.find({ jobId: 7 }))?.id).toBe(second)
      expect((await records.find({ jobId: 7, cluster: 'alex' }))?.id).toBe(third)
      expect((await records.find({ jobId: 7, cluster: 'fritz', startedAt: NOW }))?.id).toBe(first)
      expect(await records.find({ jobId: 7, cluster: 'fritz', startedAt: 1 })).toBeUndefined()
    })

    test('of those who stop a run at once, one does', async () => {
      const id = await records.insert(aNewRecord())
      const stop = (durationMs: number) => records.stop(id, { state: 'completed', durationMs })
      const outcomes = await Promise.allSettled([stop(1), stop(2)])
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
      expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({
        code: 'conflict',
        details: { stale: true },
      })
      expect(await records.get(id)).toMatchObject({ state: 'completed', durationMs: 1 })
      await expect(records.stop(99, { state: 'failed', durationMs: 1 })).rejects.toMatchObject({ code: 'conflict' })
    })

    test('a run may be measured while it goes on', async () => {
      const id = await records.insert(aNewRecord())
      await records.stop(id, { state: 'running', durationMs: 5 })
      await records.stop(id, { state: 'suspended', durationMs: 6 })
      expect(await records.get(id)).toMatchObject({ state: 'suspended', durationMs: 6 })
    })

    test('setters of different keys do not undo each other, whatever the keys are', async () => {
      const id = await records.insert(aNewRecord())
      await Promise.all(HOSTILE.map((text) => records.setMetaData(id, text, text)))
      await records.setMetaData(id, 'a.b', 'changed')
      const wanted = Object.fromEntries([...HOSTILE.map((text) => [text, text]), ['a.b', 'changed']])
      expect((await records.get(id))?.metaData).toEqual(wanted)
      await expect(records.setMetaData(99, 'k', 'v')).rejects.toMatchObject({ code: 'not_found' })
    })
  })
}
