/** What every store must do; called once for each implementation. */

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { bucketOf } from '../../src/job/bucket.ts'
import type { FieldValue, JobField } from '../../src/job/field.ts'
import { ALL, type Filter, type Operator, type Value } from '../../src/job/filter.ts'
import type { Job } from '../../src/job/job.ts'
import type { JobQuery, QueryResult, Store } from '../../src/store/store.ts'
import { aJob, anEnd, aRequest, aRun, doneJob, NOW, runningJob } from '../support/jobs.ts'

export interface StoreUnderTest {
  open(): Promise<Store>
  /** Forgets everything that was stored. */
  clear(): Promise<void>
}

const is = (field: JobField, operator: Operator, ...values: Value[]): Filter<JobField> => ({
  kind: 'compare',
  field,
  operator,
  values,
})

const aQuery = (changes: Partial<JobQuery>): JobQuery => ({
  fields: ['id'],
  filter: ALL,
  order: [],
  now: NOW,
  ...changes,
})

async function rowsOf({ batches }: QueryResult): Promise<FieldValue[][]> {
  const rows: FieldValue[][] = []
  for await (const batch of batches) rows.push(...batch)
  return rows
}

export function storeContract(name: string, subject: StoreUnderTest): void {
  describe(name, () => {
    let store: Store
    beforeEach(async () => {
      await subject.clear()
      store = await subject.open()
    })
    afterEach(() => store.close())

    const put = (...jobs: Job[]) => Promise.all(jobs.map((job) => store.jobs.insert(job)))
    const ids = async (filter: Filter<JobField>, changes: Partial<JobQuery> = {}) =>
      (await rowsOf(await store.jobs.query(aQuery({ filter, ...changes })))).map(([id]) => id)

    describe('jobs', () => {
      test('a job comes back as it was stored, also after the store was opened anew', async () => {
        const request = aRequest({ logfile: '/tmp/a', inputs: ['x'], properties: { k: 'v' }, legalExit: [0, 3] })
        const job = doneJob({ request, end: anEnd({ cause: null, exitCode: 3 }) })
        await put(job)
        expect(await store.jobs.get(job.id)).toEqual(job)
        await store.close()
        store = await subject.open()
        expect(await store.jobs.get(job.id)).toEqual(job)
      })

      test('an unknown id is absent', async () => {
        expect(await store.jobs.get(5)).toBeUndefined()
      })

      test('ids that were set aside are never given again, also after the store was opened anew', async () => {
        const first = await store.jobs.reserveIds(10)
        expect(await store.jobs.reserveIds(5)).toBe(first + 10)
        await store.close()
        store = await subject.open()
        expect(await store.jobs.reserveIds(1)).toBe(first + 15)
      })

      test('a logfile belongs to one job; the other is told whose it is, and its neighbours are stored', async () => {
        const logfile = '/tmp/log'
        const outcomes = await Promise.allSettled([
          store.jobs.insert(aJob({ id: 1, request: aRequest({ logfile }) })),
          store.jobs.insert(aJob({ id: 2, request: aRequest({ logfile }) })),
          store.jobs.insert(aJob({ id: 3 })),
        ])
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
        expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({
          code: 'conflict',
          message: expect.stringContaining('job 1'),
        })
        expect(await store.jobs.get(2)).toBeUndefined()
      })

      test('of two writers with the same version the second is refused', async () => {
        await put(aJob())
        const next = runningJob({ attempt: 1 })
        const outcomes = await Promise.allSettled([store.jobs.replace(next), store.jobs.replace(next)])
        expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected'])
        expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({
          code: 'conflict',
          details: { stale: true },
        })
        expect(await store.jobs.get(next.id)).toEqual(next)
      })

      test('a modification stores the request, a replacement leaves it', async () => {
        await put(aJob())
        const request = aRequest({ priority: 8, logfile: '/tmp/b' })
        await store.jobs.modify(aJob({ version: 2, request }))
        await store.jobs.replace(runningJob({ version: 3, request: aRequest({ priority: 1 }) }))
        expect((await store.jobs.get(1001))?.request).toEqual(request)
      })

      test('a removed job is gone and its logfile free; a stale removal is refused', async () => {
        const request = aRequest({ logfile: '/tmp/log' })
        await put(aJob({ request }))
        await expect(store.jobs.remove(1001, 7)).rejects.toMatchObject({ code: 'conflict' })
        await store.jobs.remove(1001, 1)
        await put(aJob({ id: 1002, request }))
        expect(await store.jobs.get(1001)).toBeUndefined()
      })

      test('the database itself refuses a final job without an end', async () => {
        await expect(put(aJob({ state: 'done' }))).rejects.toThrow()
      })

      test('active jobs are those that may be alive', async () => {
        await put(aJob({ id: 1 }), runningJob({ id: 2 }), doneJob({ id: 3 }), runningJob({ id: 4, state: 'suspended' }))
        expect((await store.jobs.active()).map(({ id }) => id)).toEqual([2, 4])
      })

      test('buckets count the queued, and candidates come by rank, then id', async () => {
        const high = aRequest({ priority: 8 })
        await put(aJob({ id: 1, rank: 9 }), aJob({ id: 2, rank: 1 }), aJob({ id: 3, rank: 1 }))
        await put(aJob({ id: 4, request: high }), runningJob({ id: 5 }))
        const bucket = bucketOf(aRequest())
        const buckets = await store.jobs.buckets()
        expect(new Map(buckets.map(({ bucket: key, count }) => [key, count]))).toEqual(
          new Map([
            [bucket, 3],
            [bucketOf(high), 1],
          ]),
        )
        expect((await store.jobs.candidates(bucket, 2)).map(({ id }) => id)).toEqual([2, 3])
        expect(await store.jobs.countAhead(bucket, 9, 1)).toBe(2)
      })

      test('only old jobs that may be forgotten are offered for it, oldest first', async () => {
        const kept = aRequest({ autoforget: false })
        const long = aRequest({ keepForMs: 60_000 })
        await put(
          doneJob({ id: 1, end: anEnd({ at: NOW + 20 }) }),
          doneJob({ id: 2, end: anEnd({ at: NOW + 10 }) }),
          doneJob({ id: 3, end: anEnd({ at: NOW + 10 }), request: kept }),
          doneJob({ id: 4, end: anEnd({ at: NOW + 10 }), request: long }),
          doneJob({ id: 5, end: anEnd({ at: NOW + 999 }) }),
          aJob({ id: 6, state: 'idle' }),
        )
        expect((await store.jobs.forgettable('done', NOW + 100, 10)).map(({ id }) => id)).toEqual([2, 1])
        expect((await store.jobs.forgettable('idle', NOW + 100, 10)).map(({ id }) => id)).toEqual([6])
      })

      test('jobs are counted by state', async () => {
        await put(aJob({ id: 1 }), aJob({ id: 2 }), doneJob({ id: 3 }))
        expect(await store.jobs.countByState()).toEqual({ queued: 2, done: 1 })
      })
    })

    describe('queries', () => {
      test('fields come in the order they were asked for', async () => {
        await put(runningJob({ id: 7, run: aRun({ startedAt: NOW - 31_500 }) }))
        const fields: JobField[] = ['host', 'id', 'durationSeconds', 'ageSeconds', 'exitCode', 'signal', 'heldSlots']
        const result = await store.jobs.query(aQuery({ fields }))
        expect(await rowsOf(result)).toEqual([['node01', 7, 31, 0, null, '', 1]])
        expect(result.count).toBe(1)
      })

      test.each<[Operator, Value[], number[]]>([
        ['equal', ['sleep 1', 'echo A'], [1, 2]],
        ['regex', ['^sl.*1$'], [1]],
        ['regexCaseless', ['^ECHO'], [2, 3]],
        ['contains', ['o A'], [2]],
        ['containsCaseless', ['O a'], [2]],
        ['glob', ['echo ?'], [2, 3]],
        ['globCaseless', ['ECHO [a]'], [2]],
      ])('%s finds the commands that it should', async (operator, values, found) => {
        const commands = ['sleep 1', 'echo A', 'echo b']
        await put(...commands.map((command, index) => aJob({ id: index + 1, request: aRequest({ command }) })))
        expect(await ids(is('command', operator, ...values))).toEqual(found)
      })

      test('values are bound, never spliced', async () => {
        const command = `'; drop table job; --`
        await put(aJob({ id: 1, request: aRequest({ command }) }), aJob({ id: 2 }))
        expect(await ids(is('command', 'equal', command))).toEqual([1])
        expect(await ids(is('command', 'contains', `'; drop`))).toEqual([1])
        expect(await ids(ALL)).toEqual([1, 2])
      })

      test('and, or and not nest, and what is absent is neither equal nor less', async () => {
        await put(
          aJob({ id: 1 }),
          doneJob({ id: 2 }),
          doneJob({ id: 3, state: 'failed', end: anEnd({ exitCode: 2, cause: 'exit' }) }),
        )
        expect(await ids({ kind: 'not', of: is('exitCode', 'equal', 0) })).toEqual([1, 3])
        expect(
          await ids({ kind: 'and', of: [is('state', 'equal', 'done', 'failed'), is('exitCode', 'greater', 1)] }),
        ).toEqual([3])
        expect(await ids({ kind: 'or', of: [is('id', 'less', 2), is('id', 'greaterOrEqual', 3)] })).toEqual([1, 3])
      })

      test('order and limit hold, and ties go by id', async () => {
        const priorities = [4, 8, 4, 15]
        await put(...priorities.map((priority, index) => aJob({ id: index + 1, request: aRequest({ priority }) })))
        expect(await ids(ALL, { order: [{ field: 'priority', descending: true }] })).toEqual([4, 2, 1, 3])
        expect(await ids(ALL, { order: [{ field: 'id', descending: true }], limit: 2 })).toEqual([4, 3])
      })

      test('many rows come in batches with their count known before, and a reader may leave early', async () => {
        const many = Array.from({ length: 1800 }, (_, index) => aJob({ id: index + 1 }))
        await put(...many)
        const result = await store.jobs.query(aQuery({}))
        expect(result.count).toBe(1800)
        expect((await rowsOf(result)).length).toBe(1800)
        const left = await store.jobs.query(aQuery({}))
        for await (const batch of left.batches) if (batch.length > 0) break
        expect(await ids(ALL, { limit: 1 })).toEqual([1])
      })

      test('a pattern that cannot be read is refused with its text', async () => {
        await expect(store.jobs.query(aQuery({ filter: is('command', 'regex', '(a') }))).rejects.toMatchObject({
          code: 'invalid',
          message: expect.stringContaining('(a'),
        })
      })
    })

    test('an environment is kept once, under a hash that does not depend on the order of its variables', async () => {
      const hash = await store.environments.put({ A: '1', B: '2' })
      expect(await store.environments.put({ B: '2', A: '1' })).toBe(hash)
      expect(await store.environments.get(hash)).toEqual({ A: '1', B: '2' })
      expect(await store.environments.get('none')).toBeUndefined()
    })

    test('settings are kept under their name', async () => {
      await store.settings.put('k', '1')
      await store.settings.put('k', '2')
      expect(await store.settings.get('k')).toBe('2')
      expect(await store.settings.get('none')).toBeUndefined()
    })
  })
}
