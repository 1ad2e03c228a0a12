/** Reports of runs and what may be asked of their records. */

import { describe, expect, test } from 'vitest'
import type { Report } from '../../../../src/job/record.ts'
import { administrator, aPerson, makeRecordHouse, reporter } from '../../../support/record-house.ts'
import { aReport, aResource } from '../../../support/records.ts'

const DAY_MS = 86_400_000
const ALL = { filter: { kind: 'all' }, order: [], offset: 0, limit: 25, withTotal: true } as const

describe('a start', () => {
  test('is listed at once, newest first, with its sub-cluster found by its first host', async () => {
    const { keeping } = await makeRecordHouse()
    const { records } = keeping
    await records.start(reporter, aReport({ jobId: 1, startedAt: 1_000_000 }))
    await records.start(reporter, aReport({ jobId: 2, subCluster: '', startedAt: 2_000_000 }))
    const { records: listed, total } = await records.list(reporter, ALL)
    expect(listed.map(({ jobId, subCluster, state }) => [jobId, subCluster, state])).toEqual([
      [2, 'main', 'running'],
      [1, 'main', 'running'],
    ])
    expect(total).toBe(2)
  })

  test.each<[string, Partial<Report>, string]>([
    ['an unknown cluster', { cluster: 'nope' }, 'no such cluster: nope'],
    [
      'an unknown sub-cluster',
      { subCluster: 'x' },
      'ARCHIVE/CLUSTERCONFIG > already assigned subcluster x unknown (cluster: fritz)',
    ],
    ['no resources', { subCluster: '', resources: [] }, 'ARCHIVE/CLUSTERCONFIG > job without any resources/hosts'],
    [
      'an unknown first host',
      { subCluster: '', resources: [aResource({ hostname: 'h1' })] },
      'ARCHIVE/CLUSTERCONFIG > no subcluster found for cluster fritz and host h1',
    ],
    ['no user', { user: '' }, "'resources' and 'user' should not be empty"],
    ['no nodes', { numNodes: 0 }, "'numNodes', 'numAcc' or 'numHWThreads' invalid"],
    ['another number of nodes than resources', { numNodes: 2 }, 'len(resources) does not equal numNodes (1 vs 2)'],
  ])('with %s is refused in the words of the reference', async (_, changes, message) => {
    const { keeping } = await makeRecordHouse()
    const start = keeping.records.start(
      reporter,
      aReport({ ...changes, ...(changes.numNodes !== undefined && { numNodes: changes.numNodes }) }),
    )
    await expect(start).rejects.toMatchObject({ code: 'invalid', message })
  })

  test('that comes eight times at once succeeds once', async () => {
    const { keeping } = await makeRecordHouse()
    const starts = Array.from({ length: 8 }, () => keeping.records.start(reporter, aReport({ jobId: 123 })))
    const results = await Promise.allSettled(starts)
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    const refused = results.find((one) => one.status === 'rejected')
    expect(refused?.reason).toMatchObject({
      code: 'conflict',
      message: 'a job with that jobId, cluster and startTime already exists: dbid: 1, jobid: 123',
    })
  })

  test('may bring tags, and is refused as a whole for one that may not be written', async () => {
    const { keeping } = await makeRecordHouse()
    const tags = [{ type: 'app', name: 'vasp', scope: 'global' }]
    const record = await keeping.records.start(reporter, aReport({ tags }))
    expect(record.tags).toMatchObject(tags)
    const wrong = aReport({ jobId: 9, tags: [{ type: 'a', name: 'b', scope: 'bob' }] })
    await expect(keeping.records.start(reporter, wrong)).rejects.toMatchObject({ code: 'forbidden' })
    expect((await keeping.records.list(reporter, ALL)).total).toBe(1)
  })

  test('is not for a person to report', async () => {
    const { keeping } = await makeRecordHouse()
    await expect(keeping.records.start(aPerson('k106eb10'), aReport())).rejects.toMatchObject({ code: 'forbidden' })
  })
})

describe('a stop', () => {
  test('ends the newest run of a number that was used again', async () => {
    const { keeping } = await makeRecordHouse()
    const { records } = keeping
    const startedAt = aReport().startedAt
    await records.start(reporter, aReport({ jobId: 5, startedAt }))
    const second = await records.start(reporter, aReport({ jobId: 5, startedAt: startedAt + DAY_MS }))
    const stop = { jobId: 5, state: 'completed', stoppedAt: startedAt + DAY_MS + 60_000 } as const
    expect(await records.stop(reporter, stop)).toMatchObject({ id: second.id, state: 'completed', durationMs: 60_000 })
    await expect(records.stop(reporter, stop)).rejects.toMatchObject({
      code: 'conflict',
      message: `jobId 5 (id ${second.id}) on fritz : job has already been stopped (state is: completed)`,
    })
  })

  test('names what does not fit: an unknown run, a time before the start, a word that is no state', async () => {
    const { keeping } = await makeRecordHouse()
    const { records } = keeping
    const { id, startedAt } = await records.start(reporter, aReport({ jobId: 555 }))
    const stop = { jobId: 555, state: 'failed', stoppedAt: startedAt } as const
    await expect(records.stop(reporter, { ...stop, jobId: 6 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(records.stop(reporter, { ...stop, startedAt: 5 })).rejects.toMatchObject({ code: 'not_found' })
    await expect(records.stop(reporter, { ...stop, stoppedAt: 5000 })).rejects.toMatchObject({
      code: 'invalid',
      message: `jobId 555 (id ${id}) on fritz : stopTime 5 must be larger/equal than startTime ${startedAt / 1000}`,
    })
    await expect(records.stop(reporter, { ...stop, state: 'bogus' as 'failed' })).rejects.toMatchObject({
      code: 'invalid',
      message: `jobId 555 (id ${id}) on fritz : invalid requested job state: "bogus"`,
    })
    expect(await records.stop(reporter, stop)).toMatchObject({ durationMs: 0, state: 'failed' })
  })

  test('that says running measures the run and lets it go on', async () => {
    const { keeping } = await makeRecordHouse()
    const { id, startedAt } = await keeping.records.start(reporter, aReport({ jobId: 7 }))
    await keeping.records.stop(reporter, { jobId: 7, state: 'running', stoppedAt: startedAt + 1000 })
    expect((await keeping.records.get(reporter, id)).state).toBe('running')
  })
})

describe('who sees what', () => {
  test('a user sees his own, a manager also those of his projects, support all', async () => {
    const { keeping } = await makeRecordHouse()
    const { records } = keeping
    const own = await records.start(reporter, aReport({ jobId: 1, user: 'alice', project: 'p1' }))
    const other = await records.start(reporter, aReport({ jobId: 2, user: 'bob', project: 'p2' }))
    const idsFor = async (caller: ReturnType<typeof aPerson>) =>
      (await records.list(caller, ALL)).records.map(({ id }) => id).toSorted()
    expect(await idsFor(aPerson('alice'))).toEqual([own.id])
    expect(await idsFor(aPerson('mia', { roles: ['manager'], projects: ['p2'] }))).toEqual([other.id])
    expect(await idsFor(aPerson('sue', { roles: ['support'] }))).toEqual([own.id, other.id])
    const alice = aPerson('alice')
    for (const ask of [
      () => records.get(alice, other.id),
      () => records.find(alice, { jobId: 2 }),
      () => records.tag(alice, other.id, []),
      () => records.untag(alice, other.id, []),
      () => records.curves(alice, other.id, { scopes: ['node'] }),
      () => records.setMetaData(alice, other.id, 'a', 'b'),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'not_found' })
    for await (const batch of records.scan(alice, ALL)) expect(batch.map(({ id }) => id)).toEqual([own.id])
    for (const ask of [
      () => records.remove(alice, own.id),
      () => records.removeBefore(alice, 5, 'none'),
      () => records.usedHosts(alice, 5),
      () => records.setMetaData(alice, own.id, 'a', 'b'),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden' })
  })

  test('metrics that are restricted are kept from plain users, in curves and in what they amount to', async () => {
    const { keeping, store, metrics, clock } = await makeRecordHouse()
    const { id, startedAt } = await keeping.records.start(reporter, aReport({ user: 'alice' }))
    for (const metric of ['cpu_load', 'secret'])
      metrics.draw({ cluster: 'fritz', host: 'f0726', metric }, startedAt, [1, 2])
    const behaviour = {
      statistics: null,
      energyFootprint: { cpu_load: 2, secret: 40 },
      energy: 42,
      footprint: { cpu_load_avg: 1, secret_avg: 2 },
    }
    await store.records.settle(id, { ...behaviour, monitoring: 'pending' })
    clock.turn(120_000)
    const alice = aPerson('alice')
    const shown = await keeping.records.get(alice, id)
    expect(shown).toMatchObject({ footprint: { cpu_load_avg: 1 }, energyFootprint: { cpu_load: 2 }, energy: 2 })
    expect(shown.footprint).not.toHaveProperty('secret_avg')
    expect((await keeping.records.get(administrator, id)).energy).toBe(42)
    const names = async (caller: typeof alice, metricNames?: string[]) =>
      (
        await keeping.records.curves(caller, id, { scopes: ['node'], ...(metricNames && { metrics: metricNames }) })
      ).map(({ metric }) => metric)
    expect(await names(alice)).toEqual(['cpu_load'])
    expect(await names(alice, ['secret'])).toEqual([])
    expect(await names(administrator)).toEqual(['cpu_load', 'secret'])
  })
})

test('a run that begins has no archive yet, whatever its sender says', async () => {
  const { keeping } = await makeRecordHouse()
  const { monitoring } = await keeping.records.start(reporter, aReport({ monitoring: 'archived' }))
  expect(monitoring).toBe('pending')
})

describe('tags', () => {
  test('are written and read within their scopes', async () => {
    const { keeping } = await makeRecordHouse()
    const { records } = keeping
    const { id } = await records.start(reporter, aReport({ user: 'alice' }))
    const alice = aPerson('alice')
    const tag = (scope: string) => [{ type: 't', name: 'n', scope }]
    await expect(records.tag(alice, id, tag('global'))).rejects.toMatchObject({ code: 'forbidden' })
    await records.tag(alice, id, tag('alice'))
    expect((await records.tag(reporter, id, tag('admin'))).tags).toMatchObject([{ scope: 'admin' }])
    await records.tag(reporter, id, tag('global'))
    const scopesFor = async (caller: typeof alice) =>
      (await records.get(caller, id)).tags.map(({ scope }) => scope).toSorted()
    expect(await scopesFor(alice)).toEqual(['alice', 'global'])
    expect(await scopesFor(administrator)).toEqual(['admin', 'global'])
    expect((await records.tags(alice)).map(({ scope, count }) => [scope, count])).toEqual([
      ['alice', 1],
      ['global', 1],
    ])
    await expect(records.untag(reporter, id, [{ type: 'zz', name: 'a', scope: 'global' }])).rejects.toMatchObject({
      code: 'not_found',
      message: 'tag does not exist (name, type, scope): a, zz, global',
    })
    await records.untag(reporter, id, tag('global'))
    expect(await scopesFor(alice)).toEqual(['alice'])
    expect(await records.removeTags(reporter, [...tag('admin'), { type: 'zz', name: 'a', scope: 'global' }])).toBe(1)
  })

  test('and meta data of an archived run reach its meta.json', async () => {
    const { keeping, archive, clock, settled } = await makeRecordHouse()
    const { records } = keeping
    const report = aReport({ jobId: 8 })
    const { id } = await records.start(reporter, report)
    const over = settled(id)
    await records.stop(reporter, { jobId: 8, state: 'completed', stoppedAt: report.startedAt + 1000 })
    clock.turn(70_000)
    expect((await over).monitoring).toBe('archived')
    await records.tag(reporter, id, [{ type: 'a', name: 'b', scope: 'global' }])
    await records.setMetaData(reporter, id, 'issue', 'none')
    await keeping.flush()
    expect(await archive.record(report)).toMatchObject({
      tags: [{ type: 'a', name: 'b' }],
      metaData: { issue: 'none' },
    })
    await archive.remove(report)
    await records.setMetaData(reporter, id, 'issue', 'gone')
    await keeping.flush()
    expect((await records.get(reporter, id)).metaData).toEqual({ issue: 'gone' })
  })
})
