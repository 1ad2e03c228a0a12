/** Every row of the door, walked by everybody: who is let in, who may change what, and what a refusal says. */

import { expect, test } from 'vitest'
import { silentLog } from '../../../src/base/log.ts'
import { hubPlugin, routesOf } from '../../../src/dialect/hub/plugin.ts'
import { createApp } from '../../../src/http/app.ts'
import { BODIES, nameOf, SCHEDULE } from './bodies.ts'
import { type Door, type Method, openDoor, submitted } from './door.ts'

const NOT_PROVIDED = { detail: 'Authentication credentials were not provided.' }
const NOT_PERMITTED = { detail: 'You do not have permission to perform this action.' }

const QUERIES: Readonly<Record<string, string>> = { '/file/': '?site=dfoster1&path=/mmfs1', '/tasks/': '?job=1' }

interface Step {
  method: Method
  path: string
  /** As `BODIES` names it. */
  name: string
  isOpen: boolean
}

function steps(door: Door): Step[] {
  return routesOf(door.parts).map(({ method, path, opensFor }) => ({
    method,
    path: `/api${path.replace('/features/:name', '/features/searchui').replace('/users/:name', '/users/me').replace(':id', '1')}${QUERIES[path] ?? ''}`,
    name: nameOf(method, path),
    isOpen: opensFor === 'anybody',
  }))
}

const AN_ALERT = {
  ...{ id: 1, site: 'dfoster1', name: 'SiteHealth', node: null, queue: null, createdAt: 0, at: 0, suppressed: false },
  ...({ severity: 'CRITICAL', summary: 'No workers are joined' } as const),
}

/** Where what alice made stands: a job, a key; and a schedule, an action, a search of the administrator. */
async function furnished(): Promise<Door> {
  const door = await openDoor()
  door.workflows.files = [
    {
      name: 'mmfs1',
      path: '/mmfs1',
      type: 'directory',
      sizeBytes: 0,
      residentBytes: 0,
      mtime: 0,
      ctime: 0,
      atime: 0,
      mode: 0o755,
      uid: 0,
      gid: 0,
      status: 'resident',
    },
  ]
  door.hub.alertsHeld.push(AN_ALERT)
  await submitted(door)
  await door.keyOf('alice')
  for (const [path, body] of [
    ['schedules', SCHEDULE],
    ['actions', { action: 'discover_nodes' }],
    ['search', { path: '/mmfs1' }],
  ] as const)
    expect((await door.call('POST', `/api/${path}/`, { body })).statusCode).toBe(201)
  return door
}

async function walk(door: Door, step: Step, authorization: string | null) {
  const headers: Record<string, string> = authorization === null ? {} : { authorization }
  const body = BODIES[step.name] ?? (step.method === 'GET' ? undefined : {})
  const response = await door.call(step.method, step.path, { as: null, headers, body })
  return { status: response.statusCode, answer: response.body === '' ? '' : JSON.parse(response.body) }
}

test('nobody comes in without a token or key that counts', async () => {
  const door = await furnished()
  const access = await door.tokenOf('root')
  const { refresh } = (
    await door.call('POST', '/api/auth/token/', {
      as: null,
      body: { username: 'root', password: 'correct horse battery' },
    })
  ).json()
  const revoked = await door.keyOf('root')
  await door.auth.hub.keys.revoke(await door.auth.hub.bearer(access), revoked.id)
  for (const step of steps(door).filter(({ isOpen }) => !isOpen)) {
    const none = [null, `Api-Key ${revoked.text}`, `Token ${access}`, 'Api-Key x.y']
    for (const header of none)
      expect([step.name, header, await walk(door, step, header)]).toEqual([
        step.name,
        header,
        { status: 401, answer: NOT_PROVIDED },
      ])
    for (const header of [`Bearer ${refresh}`, `Bearer ${access}x`, 'Bearer x'])
      expect([step.name, await walk(door, step, header)]).toMatchObject([
        step.name,
        { status: 401, answer: { code: 'token_not_valid' } },
      ])
  }
  expect(door.workflows.runsHeld).toHaveLength(1)
})

/** What may be done by whom besides looking; the administrator may all of it. */
const OWN = ['POST /auth/clientkeys/', 'POST /search/', 'POST /file/workflow/', 'POST /jobs/:id/resubmit/']
/** They give nobody more than he has. */
const HARMLESS = ['POST /auth/clientkeys/', 'POST /search/']
const OF_JOB = ['PATCH /jobs/:id/', 'POST /jobs/:id/cancel/', 'POST /jobs/:id/pause/', 'POST /jobs/:id/resume/']
const OF_KEY = ['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /auth/clientkeys/:id/`)
const HIDDEN = ['GET /datastores/', 'GET /datastores/:id/', 'GET /groups/', 'GET /groups/:id/', 'GET /actions/:id/']

/** The statuses that somebody gets who is no administrator; 400 is a job in the wrong state. */
function expected(who: string, { name, method }: Step): readonly number[] {
  if (OF_KEY.includes(name)) return who === 'alice' ? [200, 204] : [404]
  if (HIDDEN.includes(name)) return [403]
  if (method === 'GET' || name === 'PATCH /users/:name/') return [200]
  if (OWN.includes(name)) return who === 'rita' && !HARMLESS.includes(name) ? [403] : [201]
  return OF_JOB.includes(name) && (who === 'alice' || who === 'sam') ? [200, 400] : [403]
}

/** What is looked at goes first, what is removed last. */
function inOrder(door: Door): Step[] {
  const order: readonly Method[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']
  const guarded = steps(door).filter(({ isOpen }) => !isOpen)
  return guarded.toSorted((one, other) => order.indexOf(one.method) - order.indexOf(other.method))
}

test.each(['alice', 'bob', 'rita', 'sam'])('%s may what the account may, and no more', async (who) => {
  const door = await furnished()
  const token = `Bearer ${await door.tokenOf(who)}`
  for (const step of inOrder(door)) {
    const { status, answer } = await walk(door, step, token)
    expect([step.name, status, expected(who, step).includes(status)]).toEqual([step.name, status, true])
    if (status === 403) expect(answer).toEqual(NOT_PERMITTED)
  }
})

test('an administrator may everything', async () => {
  const door = await furnished()
  const token = `Bearer ${await door.tokenOf('root')}`
  for (const step of inOrder(door)) {
    const { status } = await walk(door, step, token)
    // A job in the wrong state, a workflow of the product's own, a schedule that was removed under its other name.
    const isDone = status < 300 || [400, 409].includes(status) || step.path === '/api/scheduledworkflows/1/'
    expect([step.name, status, isDone]).toEqual([step.name, status, true])
  }
})

test('a key does what its account does, but makes no keys and starts no actions', async () => {
  const door = await furnished()
  const { text } = await door.keyOf('root')
  const refused: string[] = []
  for (const step of steps(door).filter(({ isOpen, method }) => !isOpen && (method === 'GET' || method === 'POST'))) {
    const { status } = await walk(door, step, `Api-Key ${text}`)
    if (status === 403) refused.push(step.name)
    else expect([step.name, status < 300 || status === 400]).toEqual([step.name, true])
  }
  expect(refused).toEqual(['POST /auth/clientkeys/', 'POST /actions/', 'GET /actions/:id/', 'POST /users/'])
})

test('whatever the server answers below /api/ is a row that is walked, the way to one, or the API page', async () => {
  const { parts } = await openDoor()
  const walked = new Set(routesOf(parts).map(({ path }) => `/api${path}`))
  const mounted: string[] = []
  const app = createApp({ log: silentLog })
  app.addHook('onRoute', ({ url }) => void mounted.push(url))
  await app.register(hubPlugin, parts)
  await app.ready()
  await app.close()
  const others = mounted.filter((url) => !walked.has(url) && !walked.has(`${url}/`))
  expect(mounted.length).toBeGreaterThan(walked.size)
  expect(others.filter((url) => !/^\/(html\/.*|api|api\/(docs|schema)(\/.*)?)$/.test(url))).toEqual([])
})
