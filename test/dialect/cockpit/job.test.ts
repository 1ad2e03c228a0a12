/** What programs say of runs, and what they are answered (spec/cockpit.md 1.3 to 1.11), word for word as golden files. */

import { expect, test } from 'vitest'
import { aMetric, aSeries } from '../../support/curves.ts'
import { aNewRecord, aRecord } from '../../support/records.ts'
import { aStart, type Door, NOW_S, startedJob } from './door.ts'
import { conversation } from './golden.ts'

const START = '/api/jobs/start_job/'
const STOP = '/api/jobs/stop_job/'

test('a run that begins is recorded, seen at once, and refused when it is reported again', async () => {
  const { say, close, door } = await conversation()
  await say('POST', START, { body: aStart() })
  await say('PUT', START, { body: aStart({ jobId: 124, cluster: 'testcluster', subCluster: 'main' }) })
  await say('GET', '/api/jobs/')
  await say('POST', START, { body: aStart() })
  await say('POST', START, { body: aStart({ startTime: NOW_S - 30 * 86_400 }) })
  door.clock.turn(2 * 86_400_000)
  await say('POST', START, { body: aStart({ startTime: NOW_S + 86_400 }) })
  close('start')
})

test('what a sender knows of how a run behaved is kept, and stays where nothing is measured here', async () => {
  const { say, close } = await conversation()
  const known = { footprint: { load_one_avg: 2.5 }, energyFootprint: { cpu_power: 0.5 }, energy: 0.75 }
  await say('POST', START, { body: aStart({ jobId: 800, ...known }) })
  await say('GET', '/api/jobs/?jobId=800')
  await say('POST', STOP, { body: { jobId: 800, stopTime: NOW_S } })
  await say('POST', START, { body: aStart({ jobId: 801, footprint: { load_one_avg: '2.5' } }) })
  close('start-known')
})

test('what cannot be a run is refused with what does not fit', async () => {
  const { say, close } = await conversation()
  const refused = [
    { cluster: 'nope' },
    { subCluster: 'nope' },
    { resources: [] },
    { resources: [{ hostname: 'elsewhere' }] },
    { user: '' },
    { numNodes: 0 },
    { numAcc: -1 },
    { numNodes: 2 },
    { shared: '' },
    { shared: 'all' },
    { exclusive: 7 },
    { monitoringStatus: 4 },
    { startTime: 1649723812000 },
    { foo: 1 },
    { jobId: '5' },
    { jobId: 1.5 },
    { numNodes: 2147483648 },
    { resources: [{ hostname: 'host100', hwthreads: ['0'] }] },
    { resources: [{ hostname: 'host100', cpu: 1 }] },
    { metaData: { jobName: 5 } },
    { tags: [{ type: 'a', name: 'b', scope: 'bob' }] },
  ]
  for (const change of refused) await say('POST', START, { body: aStart(change) })
  for (const body of ['', '{"jobId":', '[]', '{"jobId":1,}', '{}'] as const) await say('POST', START, { body })
  await say('GET', '/api/jobs/')
  close('start-refused')
})

test('a run that is over is answered as it ended, and no second time', async () => {
  const { say, close, door } = await conversation()
  await startedJob(door, { jobId: 555 })
  await say('POST', STOP, { body: { cluster: 'testcluster', stopTime: NOW_S } })
  await say('POST', STOP, { body: { jobId: 556, stopTime: NOW_S } })
  await say('POST', STOP, { body: { jobId: 555, startTime: 5, stopTime: NOW_S } })
  await say('POST', STOP, { body: { jobId: 555, stopTime: 5 } })
  await say('POST', STOP, { body: { jobId: 555 } })
  await say('POST', STOP, { body: { jobId: 555, stopTime: NOW_S, jobState: 'bogus' } })
  await say('POST', STOP, { body: { jobId: 555, stopTime: NOW_S, jobState: 'COMPLETED' } })
  await say('POST', STOP, { body: { jobId: 555, stopTime: NOW_S, foo: 1 } })
  await say('PUT', STOP, { body: { jobId: 555, cluster: 'testcluster', stopTime: NOW_S, jobState: 'timeout' } })
  await say('POST', STOP, { body: { jobId: 555, cluster: 'testcluster', stopTime: NOW_S } })
  await startedJob(door, { jobId: 557 })
  await say('POST', STOP, { body: { jobId: 557, stopTime: NOW_S, jobState: '' } })
  close('stop')
})

test('of a number that came again, the newest run is stopped', async () => {
  const { door } = await conversation()
  await startedJob(door, { jobId: 9, startTime: NOW_S - 200_000 })
  await startedJob(door, { jobId: 9, startTime: NOW_S - 100 })
  const stopped = await door.call('POST', STOP, { body: { jobId: 9, stopTime: NOW_S } })
  expect(stopped.json()).toMatchObject({ startTime: NOW_S - 100, jobState: 'completed', duration: 100 })
})

test('the list takes the filters of the reference and refuses all others in its words', async () => {
  const { say, close, door } = await conversation()
  await startedJob(door, { jobId: 1, startTime: NOW_S - 300, metaData: { jobName: 'a' } })
  await startedJob(door, { jobId: 2, startTime: NOW_S - 200, project: 'chemistry', user: 'bob' })
  await door.call('POST', STOP, { body: { jobId: 2, stopTime: NOW_S } })
  for (const query of [
    '?state=running',
    '?state=running&state=completed&items-per-page=1&page=2',
    '?project=chemistry',
    '?cluster=testcluster',
    '?cluster=',
    `?start-time=${NOW_S - 300}-${NOW_S - 201}`,
    '?with-metadata=false&state=running',
    '?page=7',
    '?foo=1',
    '?State=running',
    '?items_per_page=1',
    '?startTime[from]=1',
    '?state=bogus',
    '?start-time=5',
    '?start-time=5-x',
    '?start-time=1-2-3',
    '?page=0',
    '?page=x',
    '?items-per-page=0',
    '?items-per-page=1.5',
  ])
    await say('GET', `/api/jobs/${query}`)
  close('list')
})

test('the list takes filters of ours, an order and a total', async () => {
  const { say, close, door } = await conversation()
  const job = (jobId: number, more: object) => startedJob(door, { jobId, ...more })
  await job(1, {
    startTime: NOW_S - 300,
    partition: 'main',
    metaData: { jobName: 'Relax' },
    tags: [{ type: 'app', name: 'vasp' }],
  })
  await job(2, { startTime: NOW_S - 200, user: 'bob', arrayJobId: 77 })
  await job(3, { startTime: NOW_S - 100, numNodes: 2, resources: [{ hostname: 'host101' }, { hostname: 'host102' }] })
  const found = async (query: string) => {
    const { jobs, total } = (await door.call('GET', `/api/jobs/?with-total=true&${query}`)).json()
    return [jobs?.map(({ jobId }: { jobId: number }) => jobId), total]
  }
  expect(await found('user=alice&user=bob')).toEqual([[3, 2, 1], 3])
  expect(await found('user=bob')).toEqual([[2], 1])
  expect(await found('jobId=1&jobId=3')).toEqual([[3, 1], 2])
  expect(await found('arrayJobId=77')).toEqual([[2], 1])
  expect(await found('duration=150-400')).toEqual([[2, 1], 2])
  expect(await found('num-nodes=2')).toEqual([[3], 1])
  expect(await found('num-nodes=1-1')).toEqual([[2, 1], 2])
  expect(await found('host=host102')).toEqual([[3], 1])
  expect(await found('node=host101&user=bob')).toEqual([[], 0])
  expect(await found('tag=app:vasp')).toEqual([[1], 1])
  expect(await found('partition=main')).toEqual([[1], 1])
  expect(await found('subcluster=main&items-per-page=1')).toEqual([[3], 3])
  expect(await found('job-name=rel')).toEqual([[1], 1])
  expect(await found('search=RELAX')).toEqual([[1], 1])
  expect(await found('search=77')).toEqual([[2], 1])
  expect(await found('search=phys')).toEqual([[3, 2, 1], 3])
  expect(await found('stat=load_one_avg:0-10')).toEqual([[], 0])
  expect(await found('sort=duration')).toEqual([[3, 2, 1], 3])
  expect(await found('sort=-numNodes,user,startTime')).toEqual([[3, 1, 2], 3])
  for (const query of ['jobId=x', 'duration=5', 'num-nodes=a', 'tag=vasp', 'stat=x', 'sort=shoe', 'sort=a,b,c,d,e'])
    await say('GET', `/api/jobs/?${query}`)
  close('list-ours')
})

test('a list of any length is one answer, and cut into pages it is the same', async () => {
  const { door } = await conversation()
  for (let jobId = 1; jobId <= 40; jobId++) await startedJob(door, { jobId, startTime: NOW_S - jobId })
  const ids = async (query: string) => {
    const answer = (await door.call('GET', `/api/jobs/?${query}`)).json()
    return answer.jobs.map(({ jobId }: { jobId: number }) => jobId)
  }
  const whole = await ids('items-per-page=9999999')
  expect(whole).toEqual(Array.from({ length: 40 }, (_, index) => index + 1))
  expect(await ids('items-per-page=9999999&page=2')).toEqual([])
  expect([...(await ids('items-per-page=30')), ...(await ids('items-per-page=30&page=2'))]).toEqual(whole)
})

test('one run is shown with meta data, and with curves where they are wanted', async () => {
  const { say, close, door } = await conversation()
  await archivedJob(door)
  await say('GET', '/api/jobs/1')
  await say('GET', '/api/jobs/1?all-metrics=true')
  await say('GET', '/api/jobs/1?all-metrics=1')
  await say('POST', '/api/jobs/1', { body: ['load_one'] })
  await say('POST', '/api/jobs/1', { body: [] })
  await say('POST', '/api/jobs/1', { body: ['nope'] })
  await say('POST', '/api/jobs/1', { body: '' })
  await say('POST', '/api/jobs/1', { body: {} })
  await say('POST', '/api/jobs/1', { body: [1] })
  await say('GET', '/api/jobs/abc')
  await say('GET', '/api/jobs/9999')
  await say('POST', '/api/jobs/9999', { body: [] })
  await say('POST', '/api/jobs/start_job', { body: {} })
  close('job')
})

test('curves come by metric and scope', async () => {
  const { say, close, door } = await conversation()
  await archivedJob(door)
  await say('GET', '/api/jobs/metrics/1')
  await say('GET', '/api/jobs/metrics/1?metric=load_one&scope=core&scope=node')
  await say('GET', '/api/jobs/metrics/1?metric=nope')
  await say('GET', '/api/jobs/metrics/1?scope=bogus')
  await say('GET', '/api/jobs/metrics/9999')
  await say('GET', '/api/jobs/metrics/abc')
  close('curves')
})

test('the text of a curve has two decimals and null for what was not measured', async () => {
  const { door } = await conversation()
  await archivedJob(door)
  const { body } = await door.call('GET', '/api/jobs/metrics/1?metric=load_one')
  expect(body).toBe(
    '{"data":{"jobMetrics":[{"name":"load_one","scope":"node","metric":{"unit":{"base":""},"series":[{"hostname":"host100",' +
      '"statistics":{"min":0.10,"avg":0.20,"max":0.30},"data":[0.10,null,0.30]}],"timestep":60}}]},"error":null}\n',
  )
})

test('the object of a run has the order and the omissions of the reference', async () => {
  const { door } = await conversation()
  await door.call('POST', START, { body: aStart({ walltime: 60, numHwthreads: 4, tags: [{ type: 'a', name: 'b' }] }) })
  const { body } = await door.call('POST', STOP, { body: { jobId: 123, stopTime: NOW_S } })
  expect(body).toBe(
    '{"cluster":"testcluster","subCluster":"main","project":"physics","user":"alice","shared":"none","jobState":"completed",' +
      '"tags":[{"type":"a","name":"b","scope":"global","id":1}],"resources":[{"hostname":"host100"}],"energyFootprint":null,' +
      '"footprint":null,"metaData":null,"concurrentJobs":{"items":null,"count":0},"energy":0,"walltime":60,"jobId":123,' +
      `"duration":600,"monitoringStatus":1,"numHwthreads":4,"numNodes":1,"statistics":null,"id":1,"startTime":${NOW_S - 600}}\n`,
  )
})

test('tags are put on and taken off, in the scopes that a program may write', async () => {
  const { say, close, door } = await conversation()
  await startedJob(door)
  const path = '/api/jobs/tag_job/1'
  const tag = { type: 'app', name: 'vasp' }
  await say('POST', path, { body: [tag] })
  await say('PATCH', path, {
    body: [
      { ...tag, scope: 'global' },
      { type: 'note', name: 'x', scope: 'admin' },
    ],
  })
  await say('POST', path, { body: [] })
  await say('POST', path, { body: [1, 2] })
  await say('POST', path, { body: '' })
  await say('POST', path, { body: [{ ...tag, colour: 'red' }] })
  await say('POST', path, { body: [{ ...tag, scope: 'bob' }] })
  await say('POST', '/api/jobs/tag_job/9999', { body: [tag] })
  await say('POST', '/api/jobs/tag_job/abc', { body: [tag] })
  await say('DELETE', path, { body: [{ type: 'zz', name: 'a' }] })
  await say('DELETE', path, { body: [tag, { type: 'zz', name: 'a', scope: 'bob' }] })
  await door.call('POST', path, { body: [tag] })
  await say('DELETE', '/api/tags/', { body: [tag, { type: 'zz', name: 'a' }] })
  await say('DELETE', '/api/tags/', { body: [tag] })
  await say('DELETE', '/api/tags/', { body: '' })
  await say('GET', '/api/tags/')
  close('tags')
})

test('meta data is changed key by key, by our number or by the scheduler’s', async () => {
  const { say, close, door } = await conversation()
  await startedJob(door, { metaData: { jobName: 'a' } })
  const [byId, byKey] = ['/api/jobs/edit_meta/1', '/api/jobs/edit_meta/']
  const payload = { key: 'note', value: 'x' }
  await say('PATCH', byId, { body: payload })
  await say('POST', byId, { body: { key: 'jobName', value: 'b' } })
  await say('PATCH', byId, { body: {} })
  await say('PATCH', byId, { body: { key: 'a', value: 5 } })
  await say('PATCH', byId, { body: '' })
  await say('PATCH', '/api/jobs/edit_meta/9999', { body: payload })
  await say('PATCH', '/api/jobs/edit_meta/abc', { body: payload })
  await say('PATCH', byKey, { body: { jobId: 123, cluster: 'testcluster', startTime: NOW_S - 600, payload } })
  await say('PATCH', byKey, { body: { cluster: 'testcluster', payload } })
  await say('PATCH', byKey, { body: { jobId: 7, payload } })
  close('meta')
})

test('runs are deleted by our number, by the scheduler’s, and all before a time', async () => {
  const { say, close, door } = await conversation()
  for (const jobId of [1, 2, 3, 4]) await startedJob(door, { jobId, startTime: NOW_S - 1000 * jobId })
  await door.call('POST', '/api/jobs/tag_job/4', { body: [{ type: 'keep', name: 'me' }] })
  await say('DELETE', '/api/jobs/delete_job/', { body: { jobId: 1, cluster: 'testcluster' } })
  await say('DELETE', '/api/jobs/delete_job/', { body: { jobId: 1 } })
  await say('DELETE', '/api/jobs/delete_job/', { body: { cluster: 'testcluster' } })
  await say('DELETE', '/api/jobs/delete_job/', { body: '' })
  await say('DELETE', '/api/jobs/delete_job/2')
  await say('DELETE', '/api/jobs/delete_job/9999')
  await say('DELETE', '/api/jobs/delete_job/abc')
  await say('DELETE', `/api/jobs/delete_job_before/${NOW_S}?omit-tagged=all`)
  await say('DELETE', `/api/jobs/delete_job_before/${NOW_S}?omit-tagged=true`)
  await say('DELETE', '/api/jobs/delete_job_before/abc')
  await say('DELETE', `/api/jobs/delete_job_before/${NOW_S}`)
  await say('GET', '/api/jobs/')
  close('delete')
})

test('used nodes are those of runs that run', async () => {
  const { say, close, door } = await conversation()
  await say('GET', `/api/jobs/used_nodes?ts=${NOW_S}`)
  await startedJob(door, { numNodes: 2, resources: [{ hostname: 'host101' }, { hostname: 'host100' }] })
  await say('GET', `/api/jobs/used_nodes?ts=${NOW_S}`)
  await say('GET', `/api/jobs/used_nodes?ts=${NOW_S - 600}`)
  await say('GET', '/api/jobs/used_nodes')
  await say('GET', '/api/jobs/used_nodes?ts=now')
  close('used-nodes')
})

test('lists and curves are files under both doors, for those who see the run', async () => {
  const { say, close, door } = await conversation()
  await archivedJob(door)
  for (const format of ['csv', 'json', 'ndjson']) {
    await say('GET', `/api/export/jobs.${format}?user=alice`)
    await say('GET', `/api/export/jobs/1/metrics.${format}?metric=load_one`)
    await say('GET', `/userapi/export/jobs/1/metrics.${format}`, { as: 'bob/api+user' })
    await say('GET', `/userapi/export/jobs.${format}`, { as: 'bob/api+user' })
  }
  for (const path of ['jobs.parquet', 'jobs/1/metrics.parquet']) {
    const { headers, rawPayload } = await door.call('GET', `/api/export/${path}`)
    expect(headers['content-type']).toBe('application/vnd.apache.parquet')
    expect(headers['content-disposition']).toMatch(/^attachment; filename="job[\w.-]+\.parquet"$/)
    expect([rawPayload.subarray(0, 4).toString(), rawPayload.subarray(-4).toString()]).toEqual(['PAR1', 'PAR1'])
  }
  await say('GET', '/api/export/jobs.csv?foo=1')
  await say('GET', '/api/export/jobs/9999/metrics.csv')
  await say('GET', '/api/export/jobs/abc/metrics.csv')
  close('export')
})

test('while somebody reads a list of thousands, others are answered', async () => {
  const { door } = await conversation()
  const runs = Array.from({ length: 3000 }, (_, index) =>
    aNewRecord({
      jobId: index + 1,
      cluster: 'testcluster',
      origin: 'engine',
      attempt: 1,
      startedAt: NOW_S * 1000 - index,
    }),
  )
  await door.store.records.putRuns(runs)
  const ended: string[] = []
  const long = door.call('GET', '/api/jobs/?items-per-page=9999999').then((answer) => {
    ended.push('long')
    return answer
  })
  for (let turn = 0; turn < 3; turn++) {
    await door.call('GET', '/api/jobs/1')
    ended.push('short')
  }
  expect((await long).json().jobs).toHaveLength(3000)
  expect(ended.slice(0, 3)).toEqual(['short', 'short', 'short'])
})

/** Stores a run of alice that is over, with its curves in the archive. */
async function archivedJob({ store, archive }: Door): Promise<void> {
  const {
    id: _,
    tags,
    ...record
  } = aRecord({
    jobId: 42,
    cluster: 'testcluster',
    subCluster: 'main',
    user: 'alice',
    project: 'physics',
    partition: '',
    state: 'completed',
    monitoring: 'archived',
    durationMs: 180_000,
    startedAt: (NOW_S - 600) * 1000,
    walltimeMs: 0,
    resources: [{ hostname: 'host100', hwthreads: [0, 1], accelerators: [], configuration: '' }],
    metaData: { jobName: 'a' },
    statistics: { mem_used: { unit: { base: 'B', prefix: 'G' }, avg: 2, min: 1, max: 3 } },
    footprint: { load_one_avg: 0.2 },
    energyFootprint: { cpu_power: 0.5 },
    energy: 0.5,
  })
  const id = await store.records.import(record, tags)
  await archive.store({ ...record, id, tags }, [
    aMetric({ metric: 'load_one', series: [aSeries('host100', [0.1, null, 0.3])] }),
    aMetric({ metric: 'mem_used', unit: { base: 'B', prefix: 'G' }, series: [aSeries('host100', [1, 2, 3])] }),
  ])
}
