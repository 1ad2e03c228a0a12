/** What every store must do when records are listed, counted and read through; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ALL, type Filter, type Operator, type Value } from '../../src/job/filter.ts'
import type { JobRecord, RecordId } from '../../src/job/record.ts'
import { RECORD_FIELDS, type RecordField } from '../../src/job/record-field.ts'
import type { NewRecord, RecordQuery, RecordStore } from '../../src/store/record-store.ts'
import type { Store } from '../../src/store/store.ts'
import { NOW } from '../support/jobs.ts'
import { aNewRecord, anEndedRecord, aResource } from '../support/records.ts'
import { HOSTILE } from './records.ts'
import type { StoreUnderTest } from './store.ts'

const is = (field: RecordField, ...values: Value[]): Filter<RecordField> => has(field, 'equal', ...values)
const has = (field: RecordField, operator: Operator, ...values: Value[]): Filter<RecordField> => ({
  kind: 'compare',
  field,
  operator,
  values,
})
const not = (of: Filter<RecordField>): Filter<RecordField> => ({ kind: 'not', of })
const NEWEST = [{ field: 'startedAt', descending: true }] as const
const aQuery = (changes: Partial<RecordQuery> = {}): RecordQuery => ({
  filter: ALL,
  order: NEWEST,
  now: NOW,
  ...changes,
})
const idsOf = (records: readonly JobRecord[]) => records.map(({ id }) => id)

/** Two that differ in every field. */
const PLAIN = aNewRecord({ jobId: 1, startedAt: NOW - 1000, metaData: { other: 'x' } })
const ODD = anEndedRecord({
  jobId: 2,
  arrayJobId: 9,
  cluster: 'alex',
  subCluster: 'a40',
  partition: 'gpu',
  project: 'b110dc',
  user: 'Ünal',
  shared: 'multi_user',
  origin: 'engine',
  attempt: 1,
  numNodes: 2,
  numHwthreads: 8,
  numAcc: 4,
  startedAt: NOW - 5000,
  walltimeMs: 60_000,
  durationMs: 4000,
  energy: 1.5,
  metaData: { jobName: 'ams pipeline' },
  resources: [aResource({ hostname: 'a1' }), aResource({ hostname: 'a2' })],
  footprint: { 'cpu.load_avg': 0.5 },
})
/** Of the odd one. */
const VALUES: Readonly<Record<(typeof RECORD_FIELDS)[number], Value>> = {
  id: 2,
  jobId: 2,
  arrayJobId: 9,
  cluster: 'alex',
  subCluster: 'a40',
  partition: 'gpu',
  project: 'b110dc',
  user: 'Ünal',
  shared: 'multi_user',
  state: 'completed',
  monitoring: 'archived',
  origin: 'engine',
  numNodes: 2,
  numHwthreads: 8,
  numAcc: 4,
  startedAt: NOW - 5000,
  walltimeMs: 60_000,
  durationMs: 4000,
  energy: 1.5,
  jobName: 'ams pipeline',
  host: 'a2',
  tag: 'app:vasp',
}

export function recordListContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    let records: RecordStore
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
      records = store.records
    })
    afterEach(() => store.close())

    const putTwo = async () => {
      await records.import(PLAIN, [])
      await records.import(ODD, [
        { type: 'app', name: 'vasp', scope: 'global' },
        { type: 'note', name: 'b', scope: 'alice' },
      ])
    }
    const putMany = (count: number, made: (index: number) => Partial<NewRecord> = () => ({})) =>
      records.putRuns(Array.from({ length: count }, (_, index) => aNewRecord({ jobId: index + 1, ...made(index) })))
    const found = async (filter: Filter<RecordField>): Promise<RecordId[]> => {
      const ids = idsOf(await records.list(aQuery({ filter, limit: 25 })))
      expect(idsOf(await records.list(aQuery({ filter })))).toEqual(ids)
      expect(await records.count(filter, NOW)).toBe(ids.length)
      return ids
    }

    test('every field can be asked for, and its negation', async () => {
      await putTwo()
      for (const field of RECORD_FIELDS) {
        expect(await found(is(field, VALUES[field])), field).toEqual([2])
        expect(await found(not(is(field, VALUES[field]))), field).toEqual([1])
      }
    })

    test('every field can be the order, but those with many values', async () => {
      await putTwo()
      const sorted = (field: RecordField, descending: boolean) =>
        records.list(aQuery({ order: [{ field, descending }] }))
      for (const field of RECORD_FIELDS.filter((each) => each !== 'host' && each !== 'tag')) {
        const ascending = idsOf(await sorted(field, false))
        expect(idsOf(await sorted(field, true)), field).toEqual(ascending.toReversed())
      }
      for (const field of ['host', 'tag'] as const) {
        await expect(sorted(field, true)).rejects.toMatchObject({
          code: 'invalid',
          message: expect.stringContaining(field),
        })
      }
    })

    test('hosts, tags and names are found by a part of them', async () => {
      await putTwo()
      expect(await found(has('host', 'regex', '^a[2-9]$'))).toEqual([2])
      expect(await found(has('host', 'contains', 'f0'))).toEqual([1])
      expect(await found(has('tag', 'glob', 'note:*'))).toEqual([2])
      expect(await found(has('jobName', 'containsCaseless', 'PIPE'))).toEqual([2])
      expect(await found(has('user', 'regexCaseless', 'ü'))).toEqual([2])
    })

    test('a run that goes on is as long as it has run until now', async () => {
      await putTwo()
      expect(await found(has('durationMs', 'less', 1001))).toEqual([1])
      expect(idsOf(await records.list(aQuery({ order: [{ field: 'durationMs', descending: true }] })))).toEqual([2, 1])
    })

    test('a value of the footprint is compared where there is one', async () => {
      await putTwo()
      expect(await found(has('footprint.cpu.load_avg', 'less', 1))).toEqual([2])
      expect(await found(not(has('footprint.cpu.load_avg', 'less', 1)))).toEqual([1])
      expect(await found(has('footprint.$', 'less', 1))).toEqual([])
    })

    test('no text of a filter means anything but itself', async () => {
      for (const [index, text] of HOSTILE.entries()) {
        const resources = [aResource({ hostname: text })]
        const record = aNewRecord({ jobId: index, project: text, resources, footprint: { [text]: index } })
        await records.import(record, [{ type: text, name: 'n', scope: 'global' }])
      }
      for (const [index, text] of HOSTILE.entries()) {
        expect(await found(is('project', text))).toEqual([index + 1])
        expect(await found(is('host', text))).toEqual([index + 1])
        expect(await found(is('tag', `${text}:n`))).toEqual([index + 1])
        expect(await found(is(`footprint.${text}`, index))).toEqual([index + 1])
      }
    })

    test('conditions nest, and none of nothing is true', async () => {
      await putTwo()
      const own = { kind: 'or', of: [is('user', 'Ünal'), is('project', 'none', 'k106eb')] } as const
      expect(await found({ kind: 'and', of: [own, is('state', 'completed', 'failed')] })).toEqual([2])
      expect(await found({ kind: 'or', of: [] })).toEqual([])
      expect(await found({ kind: 'and', of: [] })).toEqual([1, 2])
      expect(await found(is('state'))).toEqual([])
    })

    test('records come with their tags and everything else', async () => {
      await putTwo()
      expect(await records.list(aQuery({ limit: 5 }))).toEqual([await records.get(1), await records.get(2)])
      expect((await records.list(aQuery()))[1]?.tags.map(({ name: word }) => word)).toEqual(['vasp', 'b'])
    })

    test('pages neither overlap nor leave anything out, also among equal starts', async () => {
      await putMany(100, (index) => ({ startedAt: NOW - Math.floor(index / 30) }))
      const all = idsOf(await records.list(aQuery()))
      expect(all).toEqual([30, 60, 90, 100].flatMap((last, group) => range(last, group * 30 + 1)))
      const pages: RecordId[] = []
      for (let offset = 0; offset < 110; offset += 7) {
        pages.push(...idsOf(await records.list(aQuery({ offset, limit: 7 }))))
      }
      expect(pages).toEqual(all)
      expect(idsOf(await records.list(aQuery({ offset: 95 })))).toEqual(all.slice(95))
      expect(await records.list(aQuery({ offset: 1_000_000, limit: 9_999_999 }))).toEqual([])
      expect(idsOf(await records.list(aQuery({ order: [{ field: 'startedAt', descending: false }] })))).toEqual(
        all.toReversed(),
      )
    })

    test('a list may be as long as all there is', async () => {
      await putMany(1800)
      expect((await records.list(aQuery({ limit: 9_999_999 }))).length).toBe(1800)
    })

    test('a scan is of one moment; who asks meanwhile sees what came since', async () => {
      await putMany(1800)
      const sizes: number[] = []
      for await (const batch of records.scan(aQuery())) {
        if (sizes.length === 0) {
          await records.remove(1)
          await records.insert(aNewRecord({ jobId: 5000, startedAt: NOW - 9e9 }))
          expect(await records.count(ALL, NOW)).toBe(1800)
          expect(idsOf(await records.list(aQuery({ filter: is('jobId', 5000), limit: 1 })))).toEqual([1801])
        }
        sizes.push(batch.length)
      }
      expect(sizes.reduce((sum, size) => sum + size)).toBe(1800)
      expect(sizes.length).toBeGreaterThan(1)
    })

    test('a reader may leave a scan early', async () => {
      await putMany(1800)
      for (let round = 0; round < 40; round += 1) {
        for await (const batch of records.scan(aQuery())) if (batch.length > 0) break
      }
      expect((await records.list(aQuery())).length).toBe(1800)
    })

    test('a pattern that cannot be read is refused with its text', async () => {
      await expect(records.list(aQuery({ filter: has('user', 'regex', '(a') }))).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining('(a'),
      })
    })
  })
}

function range(from: number, to: number): number[] {
  return Array.from({ length: from - to + 1 }, (_, index) => from - index)
}
