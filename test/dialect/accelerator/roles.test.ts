/** Who may do what to whose job: every route, every level, own and others' (Operations by Security Level). */

import { expect, test } from 'vitest'
import { aBody, type Call, type Door, type Method, openDoor } from './door.ts'

const LEVELS = ['readonly', 'user', 'leader', 'admin'] as const
type Least = (typeof LEVELS)[number]

interface Row {
  route: string
  method: Method
  /** `ID` stands for the job. */
  path: string
  body?: unknown
  own: Least
  other: Least
}

const ROWS: readonly Row[] = [
  { route: 'a job', method: 'GET', path: '/jobs/ID', own: 'readonly', other: 'readonly' },
  { route: 'a field', method: 'GET', path: '/jobs/ID/status', own: 'readonly', other: 'readonly' },
  { route: 'why', method: 'GET', path: '/jobs/ID/why', own: 'readonly', other: 'readonly' },
  { route: 'a query', method: 'GET', path: '/query?from=ID', own: 'readonly', other: 'readonly' },
  { route: 'an object', method: 'GET', path: '/project/1', own: 'readonly', other: 'readonly' },
  { route: 'control', method: 'PUT', path: '/jobs/ID', body: { action: 'DEQUEUE' }, own: 'user', other: 'leader' },
  { route: 'modify', method: 'PATCH', path: '/jobs/ID', body: { priority: 3 }, own: 'user', other: 'admin' },
  { route: 'forget', method: 'DELETE', path: '/jobs/ID', own: 'user', other: 'leader' },
]

/** Jobs stay queued, since no slot is free. */
async function crowdedDoor(): Promise<Door> {
  return openDoor({ slots: 0 })
}

async function queuedJob({ call }: Door): Promise<number> {
  return (await call('POST', '/api/v3/jobs', { as: 'alice/user', body: aBody() })).json().jobid
}

test.each(ROWS)('$route: own from $own on, others from $other on', async ({ method, path, body, own, other }) => {
  const door = await crowdedDoor()
  for (const [user, least] of [
    ['alice', own],
    ['bob', other],
  ] as const) {
    for (const level of LEVELS) {
      const url = `/api/v3${path.replace('ID', String(await queuedJob(door)))}`
      const call: Call = { as: `${user}/${level}`, ...(body !== undefined && { body }) }
      const { statusCode } = await door.call(method, url, call)
      const expected = LEVELS.indexOf(level) >= LEVELS.indexOf(least) ? 200 : 403
      expect([user, level, statusCode]).toEqual([user, level, expected])
    }
  }
})

test.each([...LEVELS.entries()])('a submission takes the level USER', async (rank, level) => {
  const { call } = await crowdedDoor()
  const { statusCode } = await call('POST', '/api/v3/jobs', { as: `alice/${level}`, body: aBody() })
  expect(statusCode).toBe(rank >= LEVELS.indexOf('user') ? 201 : 403)
})

test.each(ROWS)('$route: nobody without a token', async ({ method, path, body }) => {
  const door = await crowdedDoor()
  const url = `/api/v3${path.replace('ID', String(await queuedJob(door)))}`
  for (const authorization of [undefined, 'Bearer', 'Bearer ', 'BearerX', 'Basic Og==', 'Bearer nobody']) {
    const headers = authorization === undefined ? {} : { authorization }
    const response = await door.call(method, url, { as: null, headers, ...(body !== undefined && { body }) })
    expect(response.statusCode).toBe(401)
    expect(response.json().error).toContain('POST username and password to /api/v3/token')
    expect(response.headers['www-authenticate']).toBe('Bearer')
  }
})

test.each(['Bearer:T', 'Bearer: T', 'Bearer T', 'bearer:T', 'BEARER   :   T'])('%s carries a token', async (form) => {
  const { call } = await openDoor()
  const headers = { authorization: form.replace('T', 'alice/user') }
  expect((await call('GET', '/api/v3/project/1/version', { as: null, headers })).statusCode).toBe(200)
})
