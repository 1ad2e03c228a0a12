/** Runs of the engine, written down as the bus tells of them. */

import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { silentLog } from '../../../../../src/base/log.ts'
import { createRecordKeeping } from '../../../../../src/engine/record/record-keeping.ts'
import { ALL } from '../../../../../src/job/filter.ts'
import type { JobRecord } from '../../../../../src/job/record.ts'
import { createArchive } from '../../../../../src/metric/archive/object-archive.ts'
import { createDiskStorage } from '../../../../../src/object-storage/disk.ts'
import { openSqliteStore } from '../../../../../src/store/sqlite/open.ts'
import type { Store } from '../../../../../src/store/store.ts'
import { HandClock } from '../../../../support/clock.ts'
import { testFolder } from '../../../../support/folder.ts'
import { HandMetrics } from '../../../../support/hand-metrics.ts'
import { aCaller, aSubmission, type House, type HouseOptions, makeHouse } from '../../../../support/house.ts'
import { CLUSTERS } from '../../../../support/record-house.ts'

const alice = aCaller('alice')

async function makeRecordingHouse(dataDir = testFolder(), options: HouseOptions = {}) {
  const clock = (options.clock as HandClock | undefined) ?? new HandClock()
  const store = options.store ?? (await openSqliteStore({ dataDir }))
  const metrics = new HandMetrics(5000)
  const archive = createArchive(createDiskStorage({ root: join(dataDir, 'archive') }))
  const keeping = createRecordKeeping({
    store,
    clusters: () => CLUSTERS,
    metrics,
    archive: () => archive,
    retentionTarget: () => undefined,
    home: () => ({ cluster: 'vnc', subCluster: 'host' }),
    plan: {
      rules: join(dataDir, 'tagger'),
      shortestRunMs: 1000,
      stopExceedingMs: 0,
      retention: { policy: 'none', ageMs: 0, keepTagged: 'user', records: true, nodeStatesAgeMs: 0 },
    },
    clock,
    log: silentLog,
  })
  const house = await makeHouse({ ...options, dataDir, clock, store, keeping })
  return { ...house, keeping, metrics, archive }
}

/** The records as they are once everything heard is stored. */
async function recordsOf(house: Pick<House, 'engine' | 'store' | 'clock'>): Promise<JobRecord[]> {
  await house.engine.keeping!.flush()
  return house.store.records.list({
    filter: ALL,
    order: [{ field: 'jobId', descending: false }],
    now: house.clock.now(),
  })
}

describe('a run of the engine', () => {
  test('is listed while it runs, with what it holds and who asked for it, and without its environment', async () => {
    const house = await makeRecordingHouse()
    const submission = aSubmission({ jobname: 'sim', resources: 'RAM/500', project: 'p1', autokillMs: 60_000 })
    const { id } = await house.engine.jobs.submit(alice, {
      ...submission,
      snapshot: { SECRET: 'hush' },
      env: 'SNAPSHOT',
    })
    await house.executor.ordered(1)
    const [record] = await recordsOf(house)
    expect(record).toMatchObject({
      jobId: id,
      attempt: 1,
      origin: 'engine',
      state: 'running',
      cluster: 'vnc',
      subCluster: 'host',
      user: 'alice',
      project: 'p1',
      walltimeMs: 60_000,
      requestedMemoryMb: 500,
      numHwthreads: 1,
      resources: [{ hostname: 'node01', hwthreads: [] }],
      metaData: { jobName: 'sim', jobScript: 'sleep 33' },
    })
    expect(JSON.stringify(record)).not.toContain('hush')
  })

  test.each([
    ['done', {}, 'completed'],
    ['a wrong exit code', { exitCode: 3 }, 'failed'],
    ['a signal', { signal: 'SIGSEGV', exitCode: null }, 'failed'],
    ['a stop', { cause: 'stopped' }, 'cancelled'],
    ['its time limit', { cause: 'autokill' }, 'timeout'],
    ['its memory limit', { cause: 'memory' }, 'out_of_memory'],
    ['the loss of its tasker', { cause: 'lost' }, 'node_fail'],
  ] as const)('that ends by %s has the word of the cockpit for it', async (_, facts, state) => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    const [begun] = await recordsOf(house)
    const ended = house.next('exit', id)
    house.executor.end(id, { at: house.clock.now() + 5000, cpuMs: 2500, maxRamMb: 1000, ...facts })
    await ended
    const records = await recordsOf(house)
    expect(records).toMatchObject([{ id: begun!.id, state, durationMs: 5000, startedAt: begun!.startedAt }])
    if (state !== 'node_fail') expect(records[0]!.footprint).toEqual({ job_cpu_avg: 0.5, job_mem_max: 1.05 })
  })

  test('that began and ended before anything was written is one row, and waits for no archive when it was brief', async () => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    const ended = house.next('exit', id)
    house.executor.end(id, { at: house.clock.now() + 10 })
    await ended
    expect(await recordsOf(house)).toMatchObject([{ state: 'completed', durationMs: 10, monitoring: 'disabled' }])
  })

  test('is suspended and goes on in the record too, and a second attempt is a second row', async () => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    const suspended = house.next('suspend', id)
    house.executor.say({ kind: 'suspended', jobId: id, attempt: 1, at: house.clock.now() + 100 })
    await suspended
    expect((await recordsOf(house))[0]!.state).toBe('suspended')
    const resumed = house.next('resume', id)
    house.executor.say({ kind: 'resumed', jobId: id, attempt: 1, at: house.clock.now() + 200 })
    await resumed
    expect((await recordsOf(house))[0]!.state).toBe('running')
    const ended = house.next('exit', id)
    house.executor.end(id, { at: house.clock.now() + 3000 })
    await ended
    house.clock.turn(4000)
    await house.engine.jobs.control(alice, id, { action: 'rerun', force: true, first: false })
    await house.executor.ordered(2)
    expect((await recordsOf(house)).map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'completed'],
      [2, 'running'],
    ])
    await house.engine.keeping!.flush()
    const over = house.next('exit', id)
    house.executor.end(id)
    await over
    await house.engine.jobs.forget(alice, id)
    expect(await recordsOf(house)).toHaveLength(2)
  })

  test('of which no process came is no run', async () => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    expect(await recordsOf(house)).toHaveLength(1)
    house.executor.forget(id)
    house.executor.say({ kind: 'refused', jobId: id, attempt: 1, reason: 'fork: out of memory', retry: true })
    await house.executor.ordered(2)
    expect((await recordsOf(house)).map(({ attempt, state }) => [attempt, state])).toEqual([[2, 'running']])
  })

  test('that was lost and is queued again has ended, and is told of twice', async () => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission({ rerunnable: true }))
    await house.executor.ordered(1)
    await recordsOf(house)
    house.executor.forget(id)
    house.executor.say({ kind: 'lost', jobId: id, attempt: 1, at: house.clock.now(), reason: 'the tasker was killed' })
    await house.executor.ordered(2)
    expect((await recordsOf(house)).map(({ attempt, state }) => [attempt, state])).toEqual([
      [1, 'node_fail'],
      [2, 'running'],
    ])
  })
})

describe('after a crash', () => {
  /** An engine of which nothing more is recorded from now on. */
  async function crash(house: Awaited<ReturnType<typeof makeRecordingHouse>>): Promise<void> {
    house.store.records.putRuns = async () => {
      throw new Error('the server was killed')
    }
    await house.close()
  }

  test('what ran and ended in the last moments is put in, once, and nothing twice', async () => {
    const house = await makeRecordingHouse(undefined, { slots: 3 })
    const submit = () => house.engine.jobs.submit(alice, aSubmission())
    const [over, going, unseen] = [await submit(), await submit(), await submit()]
    await house.executor.ordered(3)
    await recordsOf(house)
    const last = await house.engine.jobs.submit(alice, aSubmission())
    house.store.records.putRuns = () => Promise.reject(new Error('the server was killed'))
    for (const { id } of [over, unseen]) {
      const ended = house.next('exit', id)
      house.executor.end(id, { at: house.clock.now() + 2000, startedAt: house.clock.now() + 7 })
      await ended
    }
    await house.executor.ordered(4)
    await crash(house)
    const again = await makeRecordingHouse(house.dataDir, { slots: 3, clock: house.clock, executor: house.executor })
    const rows = (records: JobRecord[]) => records.map(({ jobId, state, attempt }) => [jobId, state, attempt])
    const expected = [
      [over.id, 'completed', 1],
      [going.id, 'running', 1],
      [unseen.id, 'completed', 1],
      [last.id, 'running', 1],
    ]
    expect(rows(await recordsOf(again))).toEqual(expected)
    await crash(again)
    const third = await makeRecordingHouse(house.dataDir, { slots: 3, clock: house.clock, executor: house.executor })
    expect(rows(await recordsOf(third))).toEqual(expected)
  })

  test('a run that nobody knows any more does not go on for ever', async () => {
    const house = await makeRecordingHouse()
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    await recordsOf(house)
    const ended = house.next('exit', id)
    house.store.records.putRuns = () => Promise.reject(new Error('the server was killed'))
    house.executor.end(id)
    await ended
    await house.engine.jobs.forget(alice, id)
    await house.close()
    const again = await makeRecordingHouse(house.dataDir, { clock: house.clock, executor: house.executor })
    expect(await recordsOf(again)).toMatchObject([{ jobId: id, state: 'node_fail' }])
  })

  test('while nothing can be stored the runs wait, and are written when it is possible again', async () => {
    const house = await makeRecordingHouse()
    const store: Store = house.store
    const { putRuns } = store.records
    store.records.putRuns = () => Promise.reject(new Error('the disk is full'))
    const { id } = await house.engine.jobs.submit(alice, aSubmission())
    await house.executor.ordered(1)
    expect(await recordsOf(house)).toEqual([])
    store.records.putRuns = putRuns
    expect(await recordsOf(house)).toMatchObject([{ jobId: id }])
  })
})

test('runs of one quarter of a second are written in one statement', async () => {
  const house = await makeRecordingHouse(undefined, { slots: 20 })
  const { putRuns } = house.store.records
  const sizes: number[] = []
  house.store.records.putRuns = (runs) => {
    sizes.push(runs.length)
    return putRuns(runs)
  }
  await Promise.all(Array.from({ length: 20 }, () => house.engine.jobs.submit(alice, aSubmission())))
  await house.executor.ordered(20)
  house.clock.turn(250)
  expect(await recordsOf(house)).toHaveLength(20)
  expect(sizes).toEqual([20])
})
