/** What a client of the original relies on (spec/hub.md 13), and the seed's own requests. */

import { decodeJwt } from 'jose'
import { expect, test } from 'vitest'
import { type Call, type Door, MIGRATE, openDoor, PASSWORD, submitted } from './door.ts'

/** As the seed's curl commands send them. */
const SEED_HEADERS = { accept: 'application/json', 'content-type': 'application/json' }
const EMPTY =
  '{"count":0,"next":null,"previous":null,"results":[],"stats":{"type":{"migrate":0,"premigrate":0,"recall":0},"state":{"SUCCESS":0,"FAILURE":0,"STARTED":0,"PENDING":0,"ERROR":0},"created":{},"site":{}}}'
const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }

const withKey = (key: string): Call => ({ as: null, headers: { ...SEED_HEADERS, authorization: `Api-Key ${key}` } })

async function signedIn(name = 'dfoster'): Promise<Door & { access: string; refresh: string }> {
  const door = await openDoor()
  await door.auth.accounts.add(name, PASSWORD, ['user'])
  const body = JSON.stringify({ username: name, password: PASSWORD })
  const answer = await door.call('POST', '/api/auth/token/', { as: null, headers: SEED_HEADERS, body })
  return { ...door, ...answer.json() }
}

test('1: a password gives a pair with the claims of the original', async () => {
  const door = await openDoor()
  await door.auth.accounts.add('dfoster', PASSWORD, ['user'])
  const body = { username: 'dfoster', password: PASSWORD }
  const { statusCode, body: text } = await door.call('POST', '/api/auth/token/', { as: null, body })
  expect(statusCode).toBe(200)
  const pair = JSON.parse(text)
  expect(Object.keys(pair).sort()).toEqual(['access', 'refresh'])
  for (const [kind, seconds] of [
    ['access', 3600],
    ['refresh', 86_400],
  ] as const) {
    const claims = decodeJwt(pair[kind])
    expect(claims).toMatchObject({ token_type: kind, user_id: 'dfoster', jti: expect.stringMatching(/^[0-9a-f]{32}$/) })
    expect(claims.exp! - claims.iat!).toBe(seconds)
  }
})

test('2: a wrong password and missing fields are said as there', async () => {
  const { call } = await signedIn()
  const wrong = await call('POST', '/api/auth/token/', { as: null, body: { username: 'dfoster', password: 'no' } })
  expect([wrong.statusCode, wrong.json()]).toEqual([
    401,
    { detail: 'No active account found with the given credentials' },
  ])
  const nothing = await call('POST', '/api/auth/token/', { as: null, body: {} })
  const required = ['This field is required.']
  expect([nothing.statusCode, nothing.json()]).toEqual([400, { username: required, password: required }])
})

test('3: a refresh token gives an access token; anything else does not', async () => {
  const { call, access, refresh } = await signedIn()
  const ask = (token: string) => call('POST', '/api/auth/token/refresh/', { as: null, body: { refresh: token } })
  const good = await ask(refresh)
  expect([good.statusCode, Object.keys(good.json())]).toEqual([200, ['access']])
  const mixed = await ask(access)
  expect([mixed.statusCode, mixed.json()]).toEqual([401, { detail: 'Token has wrong type', code: 'token_not_valid' }])
  const garbage = await ask('garbage')
  expect([garbage.statusCode, garbage.json()]).toEqual([401, { detail: 'Token is invalid', code: 'token_not_valid' }])
  const aliased = await call('POST', '/api/token/refresh/', { as: null, body: { refresh } })
  expect(aliased.statusCode).toBe(200)
  const verified = await call('POST', '/api/auth/token/verify/', { as: null, body: { token: access } })
  expect([verified.statusCode, verified.body]).toEqual([200, '{}'])
})

test('4: an empty system lists its jobs byte for byte as the seed', async () => {
  const { call, access } = await signedIn()
  const outside = await call('GET', '/api/jobs/', { as: null })
  expect([outside.statusCode, outside.json()]).toEqual([401, NOT_PROVIDED])
  expect(outside.headers['www-authenticate']).toBe('Bearer realm="api"')
  const headers = { ...SEED_HEADERS, authorization: `Bearer ${access}` }
  const inside = await call('GET', '/api/jobs/', { as: null, headers })
  expect([inside.statusCode, inside.body]).toEqual([200, EMPTY])
  expect(inside.headers['content-type']).toBe('application/json')
})

test('5: a client key is shown once, opens what a token does, and ends when it is deleted', async () => {
  const { call, access } = await signedIn()
  const bearer = { ...SEED_HEADERS, authorization: `Bearer ${access}` }
  const made = await call('POST', '/api/auth/clientkeys/', {
    as: null,
    headers: bearer,
    body: '{"name": "my_automation_key"}',
  })
  expect(made.statusCode).toBe(201)
  expect(made.json()).toEqual({
    url: 'http://localhost:80/api/auth/clientkeys/1/',
    id: 1,
    name: 'my_automation_key',
    api_key: expect.stringMatching(/^[A-Za-z0-9]{8}\.[A-Za-z0-9]{32}$/),
  })
  expect(made.headers.location).toBe(made.json().url)
  const key = made.json().api_key
  expect((await call('GET', '/api/auth/clientkeys/', { as: null, headers: bearer })).body).not.toMatch(/api_key|hash/)
  expect((await call('GET', '/api/jobs/', withKey(key))).body).toBe(EMPTY)
  const lower = { as: null, headers: { authorization: `api-key ${key}` } }
  expect((await call('GET', '/api/jobs/', lower)).statusCode).toBe(200)
  expect((await call('DELETE', '/api/auth/clientkeys/1/', { as: null, headers: bearer })).statusCode).toBe(204)
  const ended = await call('GET', '/api/jobs/', withKey(key))
  expect([ended.statusCode, ended.json()]).toEqual([401, NOT_PROVIDED])
})

test('6: the seed’s migrate with a key becomes a job, and without the slash never one', async () => {
  const door = await signedIn()
  const { text } = await door.keyOf('alice')
  const body =
    '{"paths": ["/mmfs1/data/sample_data.tgz"], "site": "dfoster1", "workflow": "migrate", "discovery": null}'
  const without = await door.call('POST', '/api/file/workflow', { ...withKey(text), body })
  expect([without.statusCode, without.headers.location, without.body]).toEqual([301, '/api/file/workflow/', ''])
  expect(without.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(door.workflows.runsHeld).toEqual([])
  const made = await door.call('POST', '/api/file/workflow/', { ...withKey(text), body })
  expect(made.statusCode).toBe(201)
  expect(made.json()).toMatchObject({ id: 1, url: 'http://localhost:80/api/jobs/1/', clientkey: 'automation' })
  expect(made.headers.location).toBe('http://localhost:80/api/jobs/1/')
  const { results, stats } = (await door.call('GET', '/api/jobs/', withKey(text))).json()
  expect(results).toMatchObject([{ type: 'migrate', site: 'dfoster1', discovery: null, owner: 'alice' }])
  expect(stats).toEqual({
    type: { migrate: 1, premigrate: 0, recall: 0 },
    state: { SUCCESS: 0, FAILURE: 0, STARTED: 0, PENDING: 1, ERROR: 0 },
    created: { '2026-11-21': 1 },
    site: { dfoster1: 1 },
  })
})

test('7: discovery is the workflow’s where nothing is said, null where that is said', async () => {
  const door = await openDoor()
  const { discovery: _left, ...without } = MIGRATE
  for (const body of [MIGRATE, without, { ...MIGRATE, discovery: 'recursive' }])
    await door.call('POST', '/api/file/workflow/', { as: 'alice', body })
  expect(door.workflows.runsHeld.map(({ discovery }) => discovery)).toEqual([null, 'recursive', 'recursive'])
  const odd = await door.call('POST', '/api/file/workflow/', { as: 'alice', body: { ...MIGRATE, discovery: 'foo' } })
  expect([odd.statusCode, odd.json()]).toEqual([400, { discovery: ['"foo" is not a valid choice.'] }])
})

test('8: an access token that is too old is refused by name, and a refreshed one works', async () => {
  const { call, access, refresh, clock } = await signedIn()
  const list = (token: string) => call('GET', '/api/jobs/', { as: null, headers: { authorization: `Bearer ${token}` } })
  clock.turn(3_600_000)
  const old = await list(access)
  expect([old.statusCode, old.json()]).toEqual([
    401,
    {
      detail: 'Given token not valid for any token type',
      code: 'token_not_valid',
      messages: [{ token_class: 'AccessToken', token_type: 'access', message: 'Token is expired' }],
    },
  ])
  const renewed = await call('POST', '/api/auth/token/refresh/', { as: null, body: { refresh } })
  expect((await list(renewed.json().access)).statusCode).toBe(200)
  const swapped = await list(refresh)
  expect(swapped.json().messages[0].message).toBe('Token has wrong type')
})

test('9: pages, verbs, media types and broken JSON are refused as there', async () => {
  const { call } = await openDoor()
  const page = await call('GET', '/api/jobs/?page=999')
  expect([page.statusCode, page.body]).toEqual([404, '{"detail":"Invalid page."}'])
  const verb = await call('DELETE', '/api/jobs/')
  expect([verb.statusCode, verb.body]).toEqual([405, '{"detail":"Method \\"DELETE\\" not allowed."}'])
  expect(verb.headers.allow).toBe('GET, HEAD, OPTIONS')
  const text = await call('POST', '/api/file/workflow/', { body: 'x', headers: { 'content-type': 'text/plain' } })
  expect([text.statusCode, text.body]).toEqual([
    415,
    '{"detail":"Unsupported media type \\"text/plain\\" in request."}',
  ])
  const broken = await call('POST', '/api/file/workflow/', { body: 'x' })
  const sentence = 'JSON parse error - Expecting value: line 1 column 1 (char 0)'
  expect([broken.statusCode, broken.json()]).toEqual([400, { detail: sentence }])
  const docs = await call('GET', '/api/docs/', { as: null })
  expect([docs.statusCode, docs.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
  expect(docs.body).toContain('swagger-ui')
})

test('10: actions refuse keys; health says what stops; jobs are cancelled, paused and resumed', async () => {
  const door = await openDoor()
  const { text } = await door.keyOf('root')
  const action = { action: 'discover_nodes' }
  expect((await door.call('POST', '/api/actions/', { ...withKey(text), body: action })).statusCode).toBe(403)
  expect((await door.call('POST', '/api/actions/', { body: action })).statusCode).toBe(201)

  const health = async () => (await door.call('GET', '/api/health')).json().overall_health
  expect(await health()).toBe('ok')
  door.hub.standing[1] = { ...door.hub.standing[1]!, health: 'warning' }
  expect(await health()).toBe('warning')
  door.hub.standing[0] = { ...door.hub.standing[0]!, health: 'critical' }
  expect(await health()).toBe('critical')

  const id = await submitted(door)
  const ask = async (verb: string) => (await door.call('POST', `/api/jobs/${id}/${verb}/`, { as: 'alice' })).json()
  expect(await ask('pause')).toMatchObject({ state: 'PAUSING' })
  door.workflows.bring(id, 'paused')
  expect(await ask('resume')).toMatchObject({ state: 'STARTED' })
  expect(await ask('cancel')).toMatchObject({ state: 'DEQUEUING' })
  door.workflows.bring(id, 'cancelled')
  expect(await ask('cancel')).toEqual({ detail: 'Cannot cancel a job in state CANCELLED.' })
})
