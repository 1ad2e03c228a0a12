/** Every route of every door, walked by everybody: which doors open, and that nobody sees or changes another's job. */

import { describe, expect, test } from 'vitest'
import { doorsOf } from '../../../src/dialect/cockpit/plugin.ts'
import { forge } from '../../support/forge.ts'
import { aStart, type Door, type Method, NOW_S, openDoor, sessionOf, tokenOf } from './door.ts'

interface Step {
  door: string
  method: Method
  url: string
  body: unknown
}

/** A body that a route would take, about the run of alice. */
const BODIES: Readonly<Record<string, unknown>> = {
  '/jobs/start_job/': aStart({ jobId: 999, cluster: 'nope' }),
  '/jobs/stop_job/': { jobId: 424242, stopTime: NOW_S },
  '/jobs/:id': ['load_one'],
  '/jobs/tag_job/:id': [{ type: 'seen', name: 'it' }],
  '/jobs/edit_meta/:id': { key: 'seen', value: 'it' },
  '/jobs/edit_meta/': { jobId: 424242, payload: { key: 'seen', value: 'it' } },
  '/jobs/delete_job/': { jobId: 424242 },
  '/tags/': [{ type: 'secret-type', name: 'secret-tag' }],
  '/nodestate/': { cluster: 'testcluster', nodes: [] },
  '/healthcheck/': { cluster: 'testcluster', nodes: [] },
  '/user/:id': { 'add-role': 'support' },
  '/free/': [],
}

const QUERIES: Readonly<Record<string, string>> = {
  '/jobs/used_nodes': `?ts=${NOW_S + 10}`,
  '/jobs/': '?with-metadata&with-total=true&items-per-page=100000',
  '/jobs/:id': '?all-metrics=true',
  '/free/': `?to=${NOW_S - 86_400}`,
  '/debug/': '?selector=testcluster:host105',
  '/users/': '?username=nobody',
}

function steps(door: Door): Step[] {
  return doorsOf(door.parts).flatMap(({ prefix, groups }) =>
    groups.flatMap(({ routes }) =>
      routes.flatMap(({ path, methods }) =>
        methods.map((method) => ({
          door: `${prefix}${isOfMetricStore(path) ? ' metrics' : ''}`,
          method,
          url: prefix + filled(path) + (QUERIES[path] ?? ''),
          body: BODIES[path] ?? '',
        })),
      ),
    ),
  )
}

function isOfMetricStore(path: string): boolean {
  return ['/write/', '/free/', '/debug/', '/healthcheck/'].includes(path)
}

function filled(path: string): string {
  return path
    .replace(/^\/user\/:id/, '/user/alice')
    .replace(':id', '1')
    .replace(':ts', String(NOW_S + 10))
    .replace(':cluster', 'testcluster')
    .replace(':host', 'host105')
}

/** What stands in the run of alice and nowhere else. */
const SECRETS = ['424242', 'secret', 'SECRET', 'alice', 'host105', '0.77']

async function withSecret(): Promise<Door> {
  const door = await openDoor()
  await door.auth.accounts.add('alice', 'correct horse battery', ['user'])
  const run = aStart({
    jobId: 424242,
    user: 'alice',
    project: 'secret-project',
    resources: [{ hostname: 'host105' }],
    metaData: { jobName: 'SECRET' },
    tags: [{ type: 'secret-type', name: 'secret-tag' }],
  })
  expect((await door.call('POST', '/api/jobs/start_job/', { body: run })).statusCode).toBe(201)
  await door.store.records.tag(1, [{ type: 'secret-type', name: 'secret-note', scope: 'alice' }])
  const line = `load_one,cluster=testcluster,hostname=host105,type=node value=0.77 ${NOW_S - 60}\n`
  await door.call('POST', '/api/write/', { body: line })
  return door
}

/** Who comes with which token. */
const TOKENS = [
  'adapter/api',
  'bob/user',
  'bob/api+user',
  'mia/manager',
  'mia/api+manager',
  'sue/support',
  'sue/api+support',
  'root/admin',
  'root/api+admin',
  'rita/readonly',
  'rita/api+readonly',
  'eve/api+bogus',
  'eve/api+user+manager+support',
]

/** Which doors open for whom; all others are 401. */
const OPENS: Readonly<Record<string, readonly string[]>> = {
  '/api': ['adapter/api', 'root/api+admin'],
  '/api metrics': ['adapter/api', 'bob/api+user', 'mia/api+manager', 'root/api+admin', 'eve/api+user+manager+support'],
  '/userapi': [
    'adapter/api',
    'bob/api+user',
    'mia/api+manager',
    'sue/api+support',
    'root/api+admin',
    'eve/api+user+manager+support',
  ],
  '/config': ['session of admin'],
  '/frontend': [
    'session of user',
    'session of manager',
    'session of support',
    'session of admin',
    'session of readonly',
  ],
}

/** Those of them who see all jobs. */
const SEE_ALL = [
  'adapter/api',
  'root/api+admin',
  'sue/api+support',
  'eve/api+user+manager+support',
  'session of support',
  'session of admin',
]

interface Walker {
  name: string
  headers: Record<string, string>
}

async function walkers(door: Door): Promise<Walker[]> {
  const tokens = TOKENS.map((as) => ({ name: as, headers: { 'x-auth-token': tokenOf(door.key, as) } }))
  const sessions: Walker[] = []
  for (const role of ['user', 'manager', 'support', 'admin', 'readonly']) {
    const value = await sessionOf(door, `${role}-person`, [role])
    sessions.push({ name: `session of ${role}`, headers: { cookie: `session=${value}` } })
  }
  const strangers = [
    { name: 'nobody', headers: {} },
    {
      name: 'a token of another key',
      headers: { 'x-auth-token': `${tokenOf(door.key, 'root/api+admin').slice(0, -8)}AAAAAAAA` },
    },
    {
      name: 'a session as a token',
      headers: { 'x-auth-token': sessions[0]!.headers.cookie!.slice('session='.length) },
    },
    { name: 'a token as a session', headers: { cookie: `session=${tokenOf(door.key, 'root/api+admin')}` } },
    { name: 'an unsigned token', headers: { 'x-auth-token': unsigned(door) } },
  ]
  return [...tokens, ...sessions, ...strangers]
}

function unsigned({ key }: Door): string {
  return forge(key, { alg: 'none', typ: 'JWT' }, { sub: 'root', roles: ['api', 'admin'] }, () => Buffer.alloc(0))
}

async function take(door: Door, { headers }: Walker, { method, url, body }: Step) {
  return door.call(method, url, { as: null, headers, ...(method !== 'GET' && { body }) })
}

describe('walking every route', { timeout: 240_000 }, () => {
  test('no door opens for whom it should not, and each for whom it should', async () => {
    const door = await withSecret()
    const everybody = await walkers(door)
    const wrong: string[] = []
    for (const step of steps(door)) {
      for (const walker of everybody) {
        const { statusCode } = await take(door, walker, step)
        const opens = OPENS[step.door]!.includes(walker.name)
        if (statusCode >= 500 || (statusCode === 401) === opens)
          wrong.push(`${walker.name}: ${step.method} ${step.url} -> ${statusCode}`)
      }
    }
    expect(wrong).toEqual([])
  })

  test('who does not see all jobs finds nothing of another’s by any route, and changes nothing of it', async () => {
    const door = await withSecret()
    const before = await door.store.records.get(1)
    const accounts = JSON.stringify(await door.auth.accounts.get('alice'))
    const everybody = await walkers(door)
    const limited = everybody.filter(({ name }) => !SEE_ALL.includes(name))
    const leaks: string[] = []
    for (const step of steps(door)) {
      for (const walker of limited) {
        const { body, statusCode } = await take(door, walker, step)
        // The names of global tags are everybody's (spec/cockpit.md 1.9).
        const secrets = step.url === '/frontend/tags/' ? ['secret-note'] : SECRETS
        const found = secrets.filter((secret) => body.includes(secret) && !step.url.includes(secret))
        // Sentences may repeat the number that was asked for, not whether it is there.
        const told = found.filter((secret) => !(secret === '424242' && statusCode >= 400))
        if (told.length > 0) leaks.push(`${walker.name}: ${step.method} ${step.url} tells ${told}`)
      }
    }
    expect(leaks).toEqual([])
    expect(await door.store.records.get(1)).toEqual(before)
    expect(JSON.stringify(await door.auth.accounts.get('alice'))).toBe(accounts)
  })

  test('the owner sees his own by every route that reads, tags of his own too', async () => {
    const door = await withSecret()
    const owner = { name: 'alice', headers: { 'x-auth-token': tokenOf(door.key, 'alice/api+user') } }
    const reading = steps(door).filter(({ door: name, method }) => name === '/userapi' && method === 'GET')
    expect(reading.length).toBeGreaterThan(5)
    for (const step of reading) {
      const { statusCode } = await take(door, owner, step)
      expect([step.url, statusCode]).toEqual([step.url, 200])
    }
    const { jobs } = (await take(door, owner, { method: 'GET', url: '/userapi/jobs/' } as Step)).json()
    expect(jobs[0].tags.map(({ name }: { name: string }) => name).sort()).toEqual(['secret-note', 'secret-tag'])
    const program = await door.call('GET', '/api/jobs/')
    expect(program.body).not.toContain('secret-note')
  })

  test('a manager sees jobs of his projects and no others', async () => {
    const door = await withSecret()
    const headers = (projects: readonly string[]) => {
      const claims = { sub: 'mia', roles: ['api', 'manager'], projects }
      return { 'x-auth-token': forge(door.key, { alg: 'EdDSA', typ: 'JWT' }, claims) }
    }
    const total = async (projects: readonly string[]) => {
      const path = '/userapi/jobs/?with-total=true'
      return (await door.call('GET', path, { as: null, headers: headers(projects) })).json().total
    }
    expect(await total(['secret-project'])).toBe(1)
    expect(await total(['other'])).toBe(0)
    expect(await total([])).toBe(0)
  })

  test('filters and counts tell nothing of what one does not see', async () => {
    const door = await withSecret()
    for (const query of [
      'tag=secret-type:secret-note',
      'search=SECRET',
      'host=host105',
      'user=alice',
      'jobId=424242',
      'project=secret-project',
    ]) {
      const { total, jobs } = (
        await door.call('GET', `/userapi/jobs/?with-total=true&${query}`, { as: 'bob/api+user' })
      ).json()
      expect([query, total, jobs]).toEqual([query, 0, []])
      const file = await door.call('GET', `/userapi/export/jobs.csv?${query}`, { as: 'bob/api+user' })
      expect(file.body).not.toContain('alice')
    }
  })
})

test('the allow list comes before the roles, at the door of programs alone', async () => {
  const door = await openDoor({ cockpit: { allow: ['10.0.0.0/8'] } })
  const refused = await door.call('GET', '/api/jobs/', { as: 'bob/user' })
  expect(refused.body).toBe('{"error":"unknown ip: 127.0.0.1","status":"Unauthorized"}\n')
  const claimed = await door.call('GET', '/api/jobs/', {
    headers: { 'x-real-ip': '10.0.0.1', 'x-forwarded-for': '10.0.0.1' },
  })
  expect(claimed.statusCode).toBe(401)
  const inside = await door.app.inject({
    url: '/api/jobs/',
    remoteAddress: '10.1.2.3',
    headers: { 'x-auth-token': tokenOf(door.key, 'adapter/api') },
  })
  expect(inside.statusCode).toBe(200)
  expect((await door.call('GET', '/userapi/jobs/')).statusCode).toBe(200)
  expect((await door.call('POST', '/api/write/', { body: '' })).statusCode).toBe(200)
})

test('forwarded addresses count where a trusted proxy wrote them', async () => {
  const door = await openDoor({ cockpit: { allow: ['10.0.0.1'], trustedProxies: ['127.0.0.1'] } })
  const from = (address: string) => door.call('GET', '/api/jobs/', { headers: { 'x-forwarded-for': address } })
  expect((await from('10.0.0.1')).statusCode).toBe(200)
  expect((await from('10.0.0.1, 10.0.0.2')).json().error).toBe('unknown ip: 10.0.0.2')
})

test('a door says why it stays closed, in the words of the reference', async () => {
  const { call, key } = await openDoor()
  const error = async (headers: Record<string, string>, path = '/api/jobs/') =>
    (await call('GET', path, { as: null, headers })).json().error
  expect(await error({})).toMatch(/^no user for secured check: send a token in X-Auth-Token/)
  expect(await error({}, '/userapi/jobs/')).toMatch(/^unauthorized: send a token/)
  expect(await error({}, '/config/users/')).toBe('unauthorized')
  expect(await error({ 'x-auth-token': 'x' })).toBe('token is malformed: token contains an invalid number of segments')
  const signed = (payload: object) => forge(key, { alg: 'EdDSA', typ: 'JWT' }, payload)
  expect(await error({ 'x-auth-token': signed({ sub: 'a', roles: ['api'], exp: NOW_S - 60 }) })).toBe(
    'token has invalid claims: token is expired',
  )
  expect(await error({ 'x-auth-token': signed({ roles: ['api'] }) })).toBe("missing 'sub' claim in JWT")
  expect(await error({ authorization: signed({ sub: 'a', roles: ['api'] }) })).toBeUndefined()
})
