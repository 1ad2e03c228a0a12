/** What every answer has in common (spec/cockpit.md 1.1), under both mounts. */

import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { aStart, NOW_S, openDoor, startedJob } from './door.ts'

test('an unknown path is 404 to everybody, in the words of the middleware', async () => {
  const { call } = await openDoor()
  for (const path of ['/api/nope', '/api/jobs/1/2/3', '/userapi/clusters/', '/userapi/jobs/start_job/x', '/api']) {
    const answer = await call('GET', path, { as: null })
    expect(answer.statusCode).toBe(404)
  }
  const { body } = await call('GET', '/api/nope', { as: null })
  expect(body).toBe('{"error":"the requested endpoint does not exist","status":"Resource not found"}\n')
})

test('a wrong verb is 405 without body or type, token or not', async () => {
  const { call } = await openDoor()
  for (const [method, path] of [
    ['GET', '/api/jobs/start_job/'],
    ['HEAD', '/api/jobs/'],
    ['OPTIONS', '/api/jobs/'],
    ['POST', '/api/jobs/'],
    ['DELETE', '/api/users/'],
    ['POST', '/api/users/'],
    ['GET', '/api/write'],
    ['POST', '/api/debug'],
    ['PUT', '/api/jobs/1'],
    ['DELETE', '/userapi/jobs/1'],
    ['GET', '/config/notice/'],
  ] as const) {
    const { statusCode, body, headers } = await call(method, path, { as: null })
    expect([path, statusCode, body, headers['content-type']]).toEqual([path, 405, '', undefined])
  }
})

test('both forms of a path are the same, where no run can be meant', async () => {
  const { call } = await openDoor()
  expect((await call('POST', '/api/jobs/start_job', { body: aStart() })).statusCode).toBe(201)
  for (const path of [
    '/api/jobs',
    '/api/jobs/',
    '/api/jobs/1',
    '/api/jobs/1/',
    `/api/jobs/used_nodes/?ts=${NOW_S}`,
    '/api/clusters',
  ])
    expect((await call('GET', path)).statusCode).toBe(200)
  expect((await call('GET', '/api/jobs/start_job')).json().error).toMatch(/integer expected in path/)
})

test('refusals of a route and of a door have their own order of keys', async () => {
  const { call } = await openDoor()
  const ofRoute = await call('GET', '/api/jobs/?foo=1')
  expect(ofRoute.body).toBe('{"status":"Bad Request","error":"invalid query parameter: foo"}\n')
  const ofDoor = await call('GET', '/api/jobs/', { as: 'bob/user' })
  expect(ofDoor.body).toBe(
    '{"error":"unauthorized: this takes a token with the role api alone, or api with admin","status":"Unauthorized"}\n',
  )
  expect(ofDoor.headers['content-type']).toBe('application/json')
})

test('whatever type a body says it has, it is read as JSON; what follows the first value is not looked at', async () => {
  const { call } = await openDoor()
  let jobId = 1
  for (const type of [
    'text/plain',
    'application/x-www-form-urlencoded',
    'nonsense',
    'application/json; charset=utf-16',
    '',
  ]) {
    const body = `${JSON.stringify(aStart({ jobId }))} and more}`
    const headers: Record<string, string> = type ? { 'content-type': type } : {}
    expect((await call('POST', '/api/jobs/start_job/', { body, headers })).statusCode).toBe(201)
    jobId += 1
  }
})

test('a body of more than a mebibyte is refused with what is read', async () => {
  const { call } = await openDoor()
  const body = aStart({ metaData: { jobScript: 'x'.repeat(1 << 20) } })
  const answer = await call('POST', '/api/jobs/start_job/', { body })
  expect(answer.statusCode).toBe(413)
  expect(answer.json()).toMatchObject({ error: 'the body is too large: at most 1 MiB is read' })
})

test('what is large or deep costs a refusal and nothing more', async () => {
  const { call } = await openDoor()
  const deep = '['.repeat(400_000) + ']'.repeat(400_000)
  const bodies = [
    deep,
    `{"statistics":${deep.slice(0, 1000)}`,
    `{"${'x'.repeat(1_000_000)}":1}`,
    '"'.repeat(1_000_000),
    '{'.repeat(1_000_000),
  ]
  for (const body of bodies) {
    const answer = await call('POST', '/api/jobs/start_job/', { body })
    expect(answer.statusCode).toBe(400)
    expect(answer.body.length).toBeLessThan(500)
  }
  for (const part of [
    'search=a',
    'tag=a:b',
    'job-name=a',
    'stat=a:0-1',
    'jobId=1',
    'state=running',
    'user=b',
    'sort=id',
    'metric=a',
  ]) {
    const { statusCode } = await call('GET', `/api/jobs/?${Array(1200).fill(part).join('&')}`)
    expect([part, statusCode]).toEqual([part, 400])
  }
  for (const [part, most] of [
    ['search=a', 50],
    ['tag=a:b', 50],
    ['job-name=a', 50],
    ['stat=a:0-1', 50],
    ['jobId=1', 1000],
    ['user=b', 1000],
    ['host=b', 1000],
  ] as const) {
    const { statusCode } = await call('GET', `/api/jobs/?with-total=true&${Array(most).fill(part).join('&')}`)
    expect([part, statusCode]).toEqual([part, 200])
  }
})

test('browsers get their headers, and a preflight its answer', async () => {
  const { call } = await openDoor()
  const { headers } = await call('GET', '/api/jobs/', { headers: { origin: 'https://else.example' } })
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'content-security-policy': "frame-ancestors 'none'; object-src 'none'; base-uri 'self'",
    'access-control-allow-origin': '*',
  })
  expect(headers['access-control-allow-credentials']).toBeUndefined()
  const preflight = { origin: 'https://else.example', 'access-control-request-method': 'POST' }
  for (const path of ['/api/jobs/start_job/', '/api/nope']) {
    const answer = await call('OPTIONS', path, { as: null, headers: preflight })
    expect([answer.statusCode, answer.headers['access-control-allow-methods']]).toEqual([
      200,
      'GET, POST, HEAD, OPTIONS',
    ])
  }
  const refused = await call('OPTIONS', '/api/jobs/', {
    headers: { ...preflight, 'access-control-request-method': 'DELETE' },
  })
  expect(refused.statusCode).toBe(405)
})

test('a browser that was sent by another site changes nothing', async () => {
  const { call } = await openDoor()
  const headers = { 'sec-fetch-site': 'cross-site' }
  const answer = await call('POST', '/api/jobs/start_job/', { body: aStart(), headers })
  expect([answer.statusCode, answer.body]).toEqual([403, 'cross-site request blocked'])
  expect((await call('GET', '/api/jobs/', { headers })).statusCode).toBe(200)
})

test('answers are packed for who takes gzip, streamed or not, and others get them plain', async () => {
  const door = await openDoor()
  for (let jobId = 1; jobId <= 20; jobId++) await startedJob(door, { jobId, startTime: NOW_S - jobId })
  for (const path of ['/api/jobs/', '/api/jobs/?items-per-page=9999999']) {
    const plain = await door.call('GET', path)
    expect(plain.headers['content-encoding']).toBeUndefined()
    const packed = await door.call('GET', path, { headers: { 'accept-encoding': 'br, gzip' } })
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' })
    expect(gunzipSync(packed.rawPayload).toString()).toBe(plain.body)
    const refused = await door.call('GET', path, { headers: { 'accept-encoding': 'gzip;q=0' } })
    expect(refused.headers['content-encoding']).toBeUndefined()
  }
})

test('everything is there below a prefix as well, its pages too', async () => {
  const { call } = await openDoor({ prefix: '/cockpit' })
  expect((await call('POST', '/cockpit/api/jobs/start_job/', { body: aStart() })).statusCode).toBe(201)
  expect((await call('GET', '/cockpit/api/jobs/1')).json().Meta.jobId).toBe(123)
  expect((await call('GET', '/cockpit/api/nope', { as: null })).json().status).toBe('Resource not found')
  const login = await call('GET', '/cockpit/login', { as: null })
  expect(login.body).toContain('action="/cockpit/login"')
  expect((await call('GET', '/cockpit/login.css', { as: null })).statusCode).toBe(200)
  const page = await call('GET', '/cockpit/swagger/', { as: null })
  expect(page.body).toContain('data-document="/cockpit/swagger/openapi.json"')
  for (const [, file] of page.body.matchAll(/(?:src|href)="(\/cockpit\/html\/[^"]+)"/g))
    expect((await call('GET', file!, { as: null })).statusCode).toBe(200)
  const document = (await call('GET', '/cockpit/swagger/openapi.json', { as: null })).json()
  expect(Object.keys(document.paths)).toContain('/api/jobs/')
  expect(document.servers).toEqual([{ url: 'http://queue.example:8080/cockpit' }])
})

test('it can be mounted twice on one app', async () => {
  const { app, parts, call } = await openDoor()
  const { createApp } = await import('../../../src/http/app.ts')
  const { cockpitPlugin } = await import('../../../src/dialect/cockpit/plugin.ts')
  const other = createApp({ log: parts.log })
  await other.register(cockpitPlugin, { ...parts, prefix: '/cockpit' })
  await other.register(cockpitPlugin, { ...parts, prefix: '/' })
  expect((await other.inject({ url: '/cockpit/api/jobs/' })).statusCode).toBe(401)
  expect((await other.inject({ url: '/api/jobs/' })).statusCode).toBe(401)
  await other.close()
  expect(app.prefix).toBe('')
  expect((await call('GET', '/api/jobs/')).statusCode).toBe(200)
})
