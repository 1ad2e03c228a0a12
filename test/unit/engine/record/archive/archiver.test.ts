/** Runs that are over, and what is kept of them. */

import { describe, expect, test } from 'vitest'
import { DomainError } from '../../../../../src/base/errors.ts'
import { createLog } from '../../../../../src/base/log.ts'
import { importArchive } from '../../../../../src/metric/archive/archive-import.ts'
import {
  CLUSTERS,
  makeRecordHouse,
  type RecordHouse,
  type RecordHouseOptions,
  reporter,
} from '../../../../support/record-house.ts'
import { aNewRecord, aReport, aResource } from '../../../../support/records.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** A run of two nodes and an hour, with values, that is over. */
async function withRun(options: RecordHouseOptions = {}) {
  const house = await makeRecordHouse(options)
  const report = aReport({ jobId: 77, resources: [aResource(), aResource({ hostname: 'f0727' })], walltimeMs: HOUR_MS })
  const { id } = await house.keeping.records.start(reporter, report)
  for (const host of ['f0726', 'f0727']) {
    const draw = (metric: string, values: number[], more = {}) =>
      house.metrics.draw({ cluster: 'fritz', host, metric, ...more }, report.startedAt, values)
    draw('cpu_load', host === 'f0726' ? [10, 20, 30] : [20, 30, 40])
    draw('power', [200, 200, 200])
    for (const thread of ['0', '1', '2', '3']) draw('flops_any', [1, 2, 3], { level: 'hwthread', id: thread })
  }
  house.clock.turn(HOUR_MS)
  return { ...house, id, report }
}

async function stopRun({
  keeping,
  clock,
  report,
  settled,
  id,
}: RecordHouse & { report: { jobId: number }; id: number }) {
  const over = settled(id)
  await keeping.records.stop(reporter, { jobId: report.jobId, state: 'completed', stoppedAt: clock.now() })
  return { over }
}

describe('a run that is over', () => {
  test('is archived when its last values may have come, with statistics, footprint and energy', async () => {
    const house = await withRun()
    const { over: done } = await stopRun(house)
    expect(await house.keeping.backlog()).toBe(1)
    house.clock.turn(70_000)
    expect(await done).toMatchObject({
      monitoring: 'archived',
      statistics: { cpu_load: { min: 10, avg: 25, max: 40 }, flops_any: { avg: 8, max: 12 } },
      footprint: { cpu_load_avg: 25, flops_any_max: 12 },
      energyFootprint: { power: 0.4 },
      energy: 0.4,
    })
    expect(await house.keeping.backlog()).toBe(0)
    const curves = await house.archive.curves(house.report)
    expect(curves.map(({ metric, scope, series }) => [metric, scope, series.length])).toEqual([
      ['cpu_load', 'node', 2],
      ['flops_any', 'node', 2],
      ['flops_any', 'core', 8],
      ['power', 'node', 2],
    ])
    expect(await house.archive.record(house.report)).toMatchObject({
      state: 'completed',
      footprint: { cpu_load_avg: 25 },
    })
  })

  test('shows the same curves before and after, and a finer scope than was kept as the next coarser one', async () => {
    const house = await withRun()
    const { records } = house.keeping
    const shape = async () =>
      (await records.curves(reporter, house.id, { metrics: ['cpu_load', 'flops_any'], scopes: ['socket'] })).map(
        ({ metric, scope, series }) => [metric, scope, series.length, [...series[0]!.values]],
      )
    expect(await shape()).toEqual([
      ['cpu_load', 'node', 2, [10, 20, 30]],
      ['flops_any', 'socket', 4, [2, 4, 6]],
    ])
    const { over } = await stopRun(house)
    house.clock.turn(70_000)
    await over
    expect(await shape()).toEqual([
      ['cpu_load', 'node', 2, [10, 20, 30]],
      ['flops_any', 'node', 2, [4, 8, 12]],
    ])
    const [thin] = await records.curves(reporter, house.id, { metrics: ['cpu_load'], scopes: ['node'], mostPoints: 10 })
    expect(thin?.series[0]?.values).toHaveLength(3)
  })

  test('without a value is archived empty when it was reported', async () => {
    const house = await makeRecordHouse()
    const report = aReport({ jobId: 1 })
    const { id } = await house.keeping.records.start(reporter, report)
    const over = house.settled(id)
    await house.keeping.records.stop(reporter, { jobId: 1, state: 'failed', stoppedAt: report.startedAt + 5000 })
    house.clock.turn(70_000)
    expect(await over).toMatchObject({ monitoring: 'archived', footprint: {}, energy: 0 })
    expect(await house.archive.curves(report)).toEqual([])
  })

  test('keeps what its sender knew of it where nothing was measured', async () => {
    const house = await makeRecordHouse()
    const known = { footprint: { cpu_load_avg: 12 }, energyFootprint: { power: 1.5 }, energy: 1.5 }
    const report = aReport({ jobId: 1, ...known })
    const { id } = await house.keeping.records.start(reporter, report)
    const over = house.settled(id)
    await house.keeping.records.stop(reporter, { jobId: 1, state: 'completed', stoppedAt: report.startedAt + 5000 })
    house.clock.turn(70_000)
    expect(await over).toMatchObject({ monitoring: 'archived', ...known })
  })

  test('of the engine without a value is settled without an archive, with what its exit told', async () => {
    const house = await makeRecordHouse()
    const run = aNewRecord({
      jobId: 5,
      cluster: 'vnc',
      subCluster: 'host',
      origin: 'engine',
      attempt: 1,
      state: 'completed',
      durationMs: 5000,
      resources: [aResource({ hostname: 'node01' })],
      footprint: { job_cpu_avg: 0.5 },
    })
    const id = await house.store.records.import(run, [])
    const over = house.settled(id)
    house.clock.turn(70_000)
    expect(await over).toMatchObject({ monitoring: 'disabled', footprint: { job_cpu_avg: 0.5 } })
    await expect(house.archive.record(run)).rejects.toMatchObject({ code: 'not_found' })
  })

  test('of the engine is kept with the curves of its own processes', async () => {
    const house = await makeRecordHouse({ metrics: undefined as never })
    const run = aNewRecord({
      jobId: 6,
      cluster: 'vnc',
      subCluster: 'host',
      origin: 'engine',
      attempt: 2,
      state: 'completed',
      durationMs: 300_000,
      resources: [aResource({ hostname: 'node01' })],
      footprint: { job_mem_max: 9 },
    })
    for (const id of ['6.1', '6.2'])
      house.metrics.draw(
        { cluster: 'vnc', host: 'node01', metric: 'job_cpu', level: 'job', id },
        run.startedAt,
        id === '6.2' ? [0.5, 1.5] : [9, 9],
      )
    const id = await house.store.records.import(run, [])
    const over = house.settled(id)
    house.clock.turn(400_000)
    expect(await over).toMatchObject({ monitoring: 'archived', footprint: { job_cpu_avg: 1, job_mem_max: 9 } })
    expect(await house.archive.curves(run)).toMatchObject([
      { metric: 'job_cpu', scope: 'node', series: [{ hostname: 'node01', id: null }] },
    ])
  })

  test('waits while the archive is out of reach, and longer each time', async () => {
    const lines: { msg: string; retryMs?: number }[] = []
    const log = createLog({
      level: 'warn',
      destination: { write: (line: string) => void lines.push(JSON.parse(line)) },
    })
    const house = await withRun({ log })
    const { store } = house.archive
    let tries = 0
    house.archive.store = async () => {
      tries += 1
      throw new DomainError('unavailable', 'the bucket does not answer')
    }
    const { over } = await stopRun(house)
    house.clock.turn(70_000)
    await expect.poll(() => lines.length).toBe(1)
    house.clock.turn(1000)
    await expect.poll(() => lines.length).toBe(2)
    expect(lines.map(({ msg, retryMs }) => [msg, retryMs])).toEqual([
      ['runs wait to be archived', 1000],
      ['runs wait to be archived', 2000],
    ])
    expect(tries).toBe(2)
    house.archive.store = store.bind(house.archive)
    house.clock.turn(2000)
    expect((await over).monitoring).toBe('archived')
  })

  test('that cannot be kept is settled as failed, with a line in the log, and others go on', async () => {
    const lines: string[] = []
    const log = createLog({ level: 'error', destination: { write: (line: string) => void lines.push(line) } })
    const house = await makeRecordHouse({ log })
    const gone = await house.store.records.import(
      aNewRecord({ cluster: 'gone', state: 'completed', durationMs: 5 }),
      [],
    )
    const over = house.settled(gone)
    house.clock.turn(70_000)
    expect((await over).monitoring).toBe('failed')
    expect(lines.join()).toContain('nobody describes the cluster gone any more')
  })
})

test('runs that were left when the server ended are archived by the next one', async () => {
  const first = await withRun()
  await stopRun(first)
  expect(await first.keeping.backlog()).toBe(1)
  const { dataDir, clock, metrics } = first
  await first.keeping.stop()
  clock.turn(DAY_MS)
  const second = await makeRecordHouse({ dataDir, clock, metrics })
  const over = second.settled(first.id)
  clock.turn(1)
  expect((await over).monitoring).toBe('archived')
})

describe('old runs', () => {
  const old = (jobId: number, changes = {}) =>
    aNewRecord({ jobId, state: 'completed', durationMs: 5000, monitoring: 'archived', ...changes })

  async function withOldRuns(policy: 'delete' | 'move' | 'copy', records = true) {
    const retention = { policy, ageMs: 30 * DAY_MS, keepTagged: 'user', records, nodeStatesAgeMs: 0 } as const
    const house = await makeRecordHouse({ plan: { retention } })
    const ids = []
    for (const jobId of [1, 2]) {
      const record = old(jobId)
      ids.push(
        await house.store.records.import(record, jobId === 2 ? [{ type: 'mine', name: 'keep', scope: 'global' }] : []),
      )
      await house.archive.store({ ...record, id: jobId, tags: [] }, [])
    }
    house.clock.turn(40 * DAY_MS)
    return { house, ids }
  }

  test('are deleted with their records, but not what a person has tagged', async () => {
    const { house, ids } = await withOldRuns('delete')
    await expect.poll(async () => (await house.store.records.get(ids[0]!)) === undefined).toBe(true)
    expect(await house.store.records.get(ids[1]!)).toBeDefined()
    await expect(house.archive.record(old(1))).rejects.toMatchObject({ code: 'not_found' })
    expect((await house.archive.record(old(2))).jobId).toBe(2)
  })

  test('are moved to the target, and are known without curves when their records stay', async () => {
    const { house, ids } = await withOldRuns('move', false)
    await expect.poll(async () => (await house.store.records.get(ids[0]!))?.monitoring).toBe('disabled')
    expect((await house.elsewhere.record(old(1))).jobId).toBe(1)
    await expect(house.archive.record(old(1))).rejects.toMatchObject({ code: 'not_found' })
  })

  test('are copied once, and stay', async () => {
    const { house, ids } = await withOldRuns('copy')
    await expect.poll(async () => (await house.elsewhere.record(old(1)).catch(() => undefined))?.jobId).toBe(1)
    expect((await house.store.records.get(ids[0]!))?.monitoring).toBe('archived')
    expect((await house.archive.record(old(1))).jobId).toBe(1)
  })
})

describe('another archive', () => {
  test('is taken in once, and what cannot be read is told', async () => {
    const house = await makeRecordHouse()
    const tags = [{ id: 1, type: 'a', name: 'b', scope: 'global' }]
    await house.archive.storeCluster('fritz', CLUSTERS.get('fritz')!.source)
    const statistics = { cpu_load: { unit: { base: '', prefix: '' }, avg: 20, min: 10, max: 30 } }
    await house.elsewhere.store(
      { ...aNewRecord({ jobId: 1403244, state: 'completed', durationMs: 5000, statistics }), id: 1, tags },
      [],
    )
    const unreadable: string[] = []
    const take = () =>
      importArchive({
        from: house.elsewhere,
        into: house.archive,
        records: house.store.records,
        report: (path) => unreadable.push(path),
      })
    expect(await take()).toEqual({ imported: 1, present: 0, failed: 0 })
    expect(await take()).toEqual({ imported: 0, present: 1, failed: 0 })
    const record = await house.keeping.records.find(reporter, { jobId: 1403244 })
    expect(record).toMatchObject({ monitoring: 'archived', tags: [{ type: 'a', name: 'b' }], durationMs: 5000 })
    // Computed, since archives of earlier versions have none.
    expect(record.footprint).toEqual({ cpu_load_avg: 20 })
    expect(await house.keeping.records.curves(reporter, record.id, { scopes: ['node'] })).toEqual([])
    expect(unreadable).toEqual([])
  })
})
