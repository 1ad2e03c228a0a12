/** The requests of the programs that speak to ClusterCockpit, as they were recorded or as their source has them (spec/cockpit.md 7.1). */

import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { NOW_S, openDoor, tokenOf } from './door.ts'

const ADAPTER = {
  accept: 'application/ld+json',
  'content-type': 'application/json',
  'accept-encoding': 'gzip',
  'user-agent': 'Go-http-client/1.1',
}

/** What cc-slurm-adapter marshals, zero fields and all. */
const ADAPTER_START = {
  cluster: 'testcluster',
  subCluster: '',
  partition: 'main',
  project: 'physics',
  user: 'alice',
  shared: 'none',
  jobState: '',
  resources: [{ hostname: 'host100', hwthreads: [0, 1, 2, 3] }],
  energyFootprint: null,
  footprint: null,
  metaData: { jobName: 'relax', jobScript: '#!/bin/sh', slurmInfo: 'JobId=7001', submitTime: '1795237911' },
  concurrentJobs: { items: null, count: 0 },
  energy: 0,
  walltime: 3600,
  jobId: 7001,
  duration: 0,
  numHwthreads: 8,
  numNodes: 1,
  statistics: null,
  startTime: NOW_S - 60,
}

test('cc-slurm-adapter reports what Slurm runs and compares it with what we say is running', async () => {
  const { call } = await openDoor()
  const started = await call('POST', '/api/jobs/start_job/', { body: ADAPTER_START, headers: ADAPTER })
  expect([started.statusCode, started.body]).toEqual([201, '{"msg":"success"}\n'])
  const again = await call('POST', '/api/jobs/start_job/', { body: ADAPTER_START, headers: ADAPTER })
  expect(again.statusCode).toBe(422)

  const path = '/api/jobs/?state=running&items-per-page=9999999&page=1&with-metadata=false'
  const listed = await call('GET', path, { headers: ADAPTER })
  expect(listed.statusCode).toBe(200)
  const text = listed.headers['content-encoding'] === 'gzip' ? gunzipSync(listed.rawPayload).toString() : listed.body
  expect(JSON.parse(text).jobs).toMatchObject([{ jobId: 7001, cluster: 'testcluster', startTime: NOW_S - 60 }])

  const stop = { jobId: 7001, cluster: 'testcluster', jobState: 'failed', stopTime: NOW_S }
  expect((await call('POST', '/api/jobs/stop_job/', { body: stop, headers: ADAPTER })).statusCode).toBe(200)
  expect((await call('POST', '/api/jobs/stop_job/', { body: stop, headers: ADAPTER })).statusCode).toBe(422)

  const nodes = [
    { hostname: 'host100', states: ['IDLE'], cpusAllocated: 0, memoryAllocated: 0, gpusAllocated: 0, jobsRunning: 0 },
  ]
  const state = await call('POST', '/api/nodestate/', { body: { cluster: 'testcluster', nodes }, headers: ADAPTER })
  expect([state.statusCode, state.body]).toEqual([200, ''])
})

test('the payload of cc-backend’s own configs is taken', async () => {
  const { call } = await openDoor()
  const body =
    '{"cluster":"testcluster","jobId":123000,"jobState":"running","numAcc":0,"numHwthreads":72,"numNodes":1,"partition":"main",' +
    '"requestedMemory":128000,"resources":[{"hostname":"host100"}],"startTime":1649723812,"subCluster":"main","submitTime":1649723812,' +
    '"user":"k106eb10","project":"k106eb","walltime":86400,"metaData":{"slurmInfo":"x","jobScript":"x","jobName":"ams_pipeline"}}'
  expect((await call('POST', '/api/jobs/start_job/', { body })).statusCode).toBe(201)
})

test.each([
  [0, 'multi_user'],
  [1, 'none'],
  [2, 'single_user'],
  [3, 'single_user'],
])('cc-slurm-sync says exclusive %i and metadata, as 1.4 had them', async (exclusive, shared) => {
  const { call, key } = await openDoor()
  const { shared: _, metaData, ...rest } = ADAPTER_START
  const headers = { authorization: `Bearer ${tokenOf(key, 'sync/api')}` }
  const body = { ...rest, exclusive, metadata: metaData }
  expect((await call('POST', '/api/jobs/start_job/', { as: null, headers, body })).statusCode).toBe(201)
  const path = '/api/jobs/?cluster=testcluster&items-per-page=10000000&state=running'
  const [job] = (await call('GET', `${path}&with-metadata`, { as: null, headers })).json().jobs
  expect(job).toMatchObject({ shared, metaData, numHwthreads: 8 })
  const stop = { jobId: 7001, cluster: 'testcluster', startTime: NOW_S - 60, stopTime: NOW_S, jobState: 'completed' }
  expect((await call('POST', '/api/jobs/stop_job/', { as: null, headers, body: stop })).statusCode).toBe(200)
})

test('cc-metric-collector and dataGenerator.sh write without a media type, by Bearer', async () => {
  const { call, key } = await openDoor()
  const lines = [
    `load_one,cluster=testcluster,hostname=host100,type=node value=1.14 ${NOW_S - 60}`,
    `mem_used,cluster=testcluster,hostname=host100,type=node value=4i ${NOW_S - 60}`,
    `cpu_power,cluster=testcluster,hostname=host100,type=node value=2.066432e+06 ${NOW_S - 60}`,
    `load_one,cluster=testcluster,hostname=host100,type=node value=0.5000409493534245 ${NOW_S}`,
  ]
  const headers = { authorization: `Bearer ${tokenOf(key, 'collector/api')}`, 'accept-encoding': 'gzip' }
  const path = '/api/write/?cluster=testcluster'
  const answer = await call('POST', path, { as: null, headers, body: Buffer.from(`${lines.join('\n')}\n`) })
  expect([answer.statusCode, answer.body]).toEqual([200, ''])
  const curl = { ...headers, 'content-type': 'application/x-www-form-urlencoded' }
  expect((await call('POST', path, { as: null, headers: curl, body: lines[0] })).statusCode).toBe(200)
})

test('the seed’s scripts find every endpoint under both verbs that it names', async () => {
  const { call } = await openDoor()
  await call('POST', '/api/jobs/start_job/', { body: ADAPTER_START })
  const asked = [
    ['GET', '/api/users/', undefined, 'root/api+admin'],
    ['GET', '/api/clusters/'],
    ['PUT', '/api/jobs/start_job/', { ...ADAPTER_START, jobId: 7002 }, undefined, 201],
    ['PUT', '/api/jobs/stop_job/', { jobId: 7002, stopTime: NOW_S }],
    ['GET', '/api/jobs/'],
    ['POST', '/api/jobs/1', ['load_one']],
    ['GET', '/api/jobs/1'],
    ['POST', '/api/jobs/tag_job/1', [{ type: 'a', name: 'b' }]],
    ['PATCH', '/api/jobs/tag_job/1', [{ type: 'a', name: 'c' }]],
    ['POST', '/api/jobs/edit_meta/1', { key: 'a', value: 'b' }],
    ['PATCH', '/api/jobs/edit_meta/1', { key: 'a', value: 'c' }],
    ['GET', '/api/jobs/metrics/1?metric=load_one&scope=node'],
    ['GET', '/userapi/jobs/', undefined, 'alice/api+user'],
    ['POST', '/userapi/jobs/1', ['load_one'], 'alice/api+user'],
    ['GET', '/userapi/jobs/1', undefined, 'alice/api+user'],
    ['GET', '/userapi/jobs/metrics/1?metric=load_one&scope=node', undefined, 'alice/api+user'],
    ['DELETE', '/api/jobs/delete_job/', { jobId: 7002 }],
    ['DELETE', '/api/jobs/delete_job/1'],
    ['DELETE', `/api/jobs/delete_job_before/${NOW_S}`],
  ] as const
  for (const [method, path, body, as, status = 200] of asked) {
    const answer = await call(method, path, { ...(as && { as }), ...(body && { body }) })
    expect([method, path, answer.statusCode]).toEqual([method, path, status])
  }
})
