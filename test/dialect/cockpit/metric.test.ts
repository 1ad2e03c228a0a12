/** Measured values in, and what is known of nodes (spec/cockpit.md 1.12, 1.14). */

import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { type Door, NOW_S, openDoor, startedJob, tokenOf } from './door.ts'
import { conversation } from './golden.ts'

const line = (value: number, ageS: number, host = 'host100') =>
  `load_one,cluster=testcluster,hostname=${host},type=node value=${value} ${NOW_S - ageS}\n`

async function loadOf({ call }: Door): Promise<unknown[]> {
  const { data } = (await call('GET', '/api/jobs/metrics/1?metric=load_one')).json()
  return data.jobMetrics[0]?.metric.series[0]?.data.filter((value: unknown) => value !== null) ?? []
}

test('values that were written are the curves of the run on that host', async () => {
  const { door, say, close } = await conversation()
  await startedJob(door)
  await say('POST', '/api/write/?cluster=testcluster', { body: line(1.5, 300) + line(2.25, 240) })
  await say('POST', '/api/write', {
    body: `unknown_metric,cluster=testcluster,hostname=host100,type=node value=1\ngarbage\n`,
  })
  await say('POST', '/api/write', { body: 'load_one,cluster=testcluster,hostname=host100,type=node val=1\n' })
  await say('POST', '/api/write', { body: 'load_one,cluster=testcluster,hostname=host100,type=node value="text"\n' })
  await say('POST', '/api/write/', { body: '' })
  await say('POST', '/api/write/')
  expect(await loadOf(door)).toEqual([1.5, 2.25])
  close('write')
})

test('values may come packed, and without a cluster in each line', async () => {
  const door = await openDoor()
  await startedJob(door)
  const plain = line(3, 120).replace('cluster=testcluster,', '')
  const packed = { body: gzipSync(plain), headers: { 'content-encoding': 'gzip' } }
  const { statusCode, body } = await door.call('POST', '/api/write/?cluster=testcluster', packed)
  expect([statusCode, body]).toEqual([200, ''])
  expect(await loadOf(door)).toEqual([3])
})

test('what is packed and is no gzip, or grows without end, is refused', async () => {
  const door = await openDoor()
  const send = (body: Buffer, encoding = 'gzip') =>
    door.call('POST', '/api/write/', { body, headers: { 'content-encoding': encoding } })
  expect((await send(Buffer.from('no gzip at all'))).statusCode).toBe(400)
  expect((await send(gzipSync(line(1, 60)).subarray(0, 20))).statusCode).toBe(400)
  expect((await send(gzipSync(Buffer.alloc(32 << 20, '\n')))).statusCode).toBe(413)
  expect((await send(Buffer.from(line(1, 60)), 'br')).statusCode).toBe(415)
  const elsewhere = await door.call('POST', '/api/jobs/start_job/', {
    body: '{}',
    headers: { 'content-encoding': 'gzip' },
  })
  expect(elsewhere.statusCode).toBe(415)
})

test('values are read as they come: of any length, and up to where the sender went away', async () => {
  const door = await openDoor()
  await startedJob(door)
  const comment = `unknown,hostname=host100 value=1\n`.repeat(100_000)
  expect((await door.call('POST', '/api/write/', { body: comment + line(7, 60) })).statusCode).toBe(200)
  await door.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = door.app.server.address() as AddressInfo
  const token = tokenOf(door.key, 'adapter/api')
  for (const encoding of ['identity', 'gzip']) {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /api/write/ HTTP/1.1\r\nHost: x\r\nX-Auth-Token: ${token}\r\nContent-Encoding: ${encoding}\r\nContent-Length: 9999\r\n\r\n`,
    )
    socket.write(encoding === 'gzip' ? gzipSync(line(8, 120)) : line(8, 120), () => socket.destroy())
    await once(socket, 'close')
  }
  expect(await loadOf(door)).toContain(7)
})

test('buffers are described and freed', async () => {
  const { door, say, close } = await conversation()
  await door.call('POST', '/api/write/', { body: line(1, 300) + line(2, 240, 'host101') })
  await say('GET', '/api/debug/?selector=testcluster:host100')
  await say('GET', '/api/debug?selector=testcluster:nope')
  await say('POST', '/api/free/', { body: [] })
  await say('POST', '/api/free/?to=x', { body: [] })
  await say('POST', `/api/free/?to=${NOW_S}`, { body: 'no json' })
  await say('POST', `/api/free/?to=${NOW_S}`, { body: [1] })
  await say('POST', `/api/free/?to=${NOW_S - 86_400}`, { body: [['testcluster', 'host100']] })
  close('free')
})

test('how nodes stand is recorded, and answered with nothing', async () => {
  const { door, say, close } = await conversation()
  const node = {
    hostname: 'host100',
    states: ['ALLOCATED', 'MIXED'],
    cpusAllocated: 4,
    memoryAllocated: 1000,
    gpusAllocated: 0,
    jobsRunning: 1,
  }
  await say('POST', '/api/nodestate/', {
    body: { cluster: 'testcluster', nodes: [node, { ...node, hostname: 'stranger' }] },
  })
  const totals = { cpusTotal: 4, memoryTotal: 2000, gpusTotal: 0 }
  await say('POST', '/api/nodestate/', { body: { cluster: 'testcluster', node: [{ ...node, ...totals }] } })
  await say('PUT', '/api/nodestate/', { body: { cluster: 'nope', nodes: [] } })
  await say('POST', '/api/healthcheck', { body: { cluster: 'testcluster', nodes: [{ ...node, states: ['down'] }] } })
  await say('POST', '/api/nodestate/', { body: '' })
  await say('POST', '/api/nodestate/', { body: { cluster: 'testcluster', nodes: [{ hostname: 5 }] } })
  const [latest] = await door.store.nodes.latest('testcluster')
  expect(latest).toMatchObject({ hostname: 'host100', cpusAllocated: 4, jobsRunning: 1 })
  close('nodestate')
})

test('what a machine says of itself is kept in a file, whatever its name tries', async () => {
  const { say, close } = await conversation()
  const path = '/api/machine_state/testcluster/host100'
  await say('GET', path)
  await say('PUT', path, { body: { load: [1] } })
  await say('POST', path, { body: { load: [2] } })
  await say('GET', path)
  for (const trick of [
    '..%2F..%2Fetc/passwd',
    'testcluster/..%2Fother',
    '%2e%2e/x',
    'a%00/b',
    '.hidden/x',
    'testcluster/.x',
  ])
    await say('PUT', `/api/machine_state/${trick}`, { body: 'x' })
  close('machine-state')
})

test('without a folder there is no such thing as a machine state', async () => {
  const door = await openDoor({ changes: { machineStateDir: null } })
  expect((await door.call('GET', '/api/machine_state/a/b')).json().status).toBe('Resource not found')
})

test('clusters are shown as their file has them, with the metrics of each part', async () => {
  const { say, close } = await conversation()
  await say('GET', '/api/clusters/')
  await say('GET', '/api/clusters/?cluster=testcluster')
  await say('GET', '/api/clusters/?cluster=nope')
  close('clusters')
})
