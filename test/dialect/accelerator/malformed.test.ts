/** Whatever is sent, it is answered below 500 and leaves nothing behind that was not acknowledged. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONTROL_KEYS } from '../../../src/dialect/accelerator/body/control.ts'
import { JOB_KEYS } from '../../../src/dialect/accelerator/body/job-keys.ts'
import { MODIFY_KEYS } from '../../../src/dialect/accelerator/body/modify-keys.ts'
import {
  encode,
  METHODS,
  type Method,
  often,
  pairs,
  RUNS,
  segments,
  sendAll,
  TIMEOUT_MS,
  word,
} from '../../support/hostile.ts'
import { type Door, openDoor } from './door.ts'

const GOOD = { command: 'true', logfile: '/dev/null', rundir: '/tmp', env: 'BASE' }
const KEYS = [...new Set([JOB_KEYS, MODIFY_KEYS, CONTROL_KEYS].flatMap((keys) => Object.keys(keys)))]

const id = fc.oneof(fc.constantFrom('1001', '000001001', '1', '0', '-1', '1.5', '9'.repeat(400)), word)
const segment = fc.oneof(id, fc.constantFrom('status', '*', 'why', 'WHY', 'project', 'version', ...KEYS))
const route = fc.oneof(
  fc.constantFrom('jobs', 'query', 'token', 'events', 'openapi.json', ''),
  id.map((each) => `jobs/${encode(each)}`),
  fc.tuple(id, segment).map(([each, field]) => `jobs/${encode(each)}/${encode(field)}`),
  segments(fc.oneof(segment, fc.constantFrom('jobs', 'hosts', 'users', 'sets', 'buckets', 'fields')), 4),
)
const clause = fc.constantFrom('select', 'from', 'where', 'order', 'limit', 'format', 'jobs', 'x', '__proto__')
const rule = fc.oneof(
  word,
  fc.constantFrom(
    'isjob',
    'id==1',
    'user~(',
    'a==1 &',
    '!(',
    'status==VALID,',
    'status==constructor',
    'statusnc==__proto__',
    'priorityPP==toString',
    '*',
    'jobs',
    'csv',
  ),
)
const query = fc.oneof(fc.constant(''), pairs(clause, rule, 6))
const jobPath = often(fc.integer({ min: 1001, max: 1100 }), id).map((each) => `jobs/${encode(String(each))}`)

/** Known keys with values of every kind, sometimes near to right. */
const value = fc.oneof(
  word,
  fc.jsonValue(),
  fc.integer(),
  fc.double(),
  fc.constantFrom('STOP', 'RERUN', '/tmp', 'BASE', 4),
)
const stray = fc.dictionary(fc.oneof(fc.constantFrom(...KEYS, 'username', 'password'), word), value, { maxKeys: 4 })
const STARTS = [GOOD, GOOD, { action: 'STOP' }, { action: 'RERUN', force: 1 }, { priority: 3 }, {}]
const bodyObject = fc.tuple(fc.constantFrom(...STARTS), stray).map(([start, more]) => ({ ...start, ...more }))
const body = often(
  bodyObject.map((each) => JSON.stringify(each)),
  fc.oneof(
    word,
    fc.json(),
    bodyObject.map((each) => `${JSON.stringify(each)},`),
  ),
)
const contentType = often(
  fc.constant('application/json'),
  fc.constantFrom('application/json; charset=utf-16', 'application/x-www-form-urlencoded', 'multipart/form-data', ''),
)
const authorization = often(
  fc.constantFrom('Bearer:alice/user', 'Bearer root/admin'),
  fc.constantFrom(
    'bearer  bob/user',
    'Bearer rita/readonly',
    'Bearer',
    'Bearer:::',
    `Bearer ${' '.repeat(2000)}x y`,
    'Basic Og==',
  ),
)
const headers = fc.tuple(authorization, contentType).map(
  ([token, type]): Record<string, string> => ({
    authorization: token,
    ...(type && { 'content-type': type }),
  }),
)
/** Pairs that exist, so that most requests come as far as the engine. */
const place = often(
  fc.oneof(
    fc.tuple(fc.constant<Method>('POST'), fc.constantFrom('jobs', 'jobs', 'token')),
    fc.tuple(fc.constantFrom<Method>('GET', 'PUT', 'PATCH', 'DELETE'), jobPath),
    fc.tuple(fc.constant<Method>('GET'), fc.constantFrom('query', 'query', 'events')),
  ),
  fc.tuple(fc.constantFrom(...METHODS), route),
)
const target = fc
  .tuple(place, body)
  .map(([[method, path], sent]) => ({ method, path: `/api/v3/${path}`, body: sent }))
  .filter(({ method, path }) => !isStream(method, path))

/** The stream of events does not end by itself. */
function isStream(method: Method, path: string): boolean {
  return method === 'GET' && path.startsWith('/api/v3/events')
}

async function storedJobs({ house }: Door): Promise<number> {
  const counts = await house.store.jobs.countByState()
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}

test(
  `${RUNS} requests of any kind are answered below 500, and only acknowledged jobs are there`,
  async () => {
    const door = await openDoor({ slots: 0 })
    let acknowledged = 0
    const call: Door['call'] = async (method, path, sent) => {
      const response = await door.call(method, path, sent)
      const wasMade = response.statusCode === 201
      const wasForgotten = response.statusCode === 200 && method === 'DELETE'
      acknowledged += wasMade ? 1 : wasForgotten ? -1 : 0
      return response
    }
    await sendAll({
      ...{ target, query, headers, call },
      judge({ headers: said, body: answer }) {
        expect(said['content-type']).toContain('application/json')
        expect(JSON.parse(answer).error).toMatch(/\w/)
      },
    })
    expect(await storedJobs(door)).toBe(acknowledged)
  },
  TIMEOUT_MS,
)

/** One thing is wrong with it. */
const spoiled = fc.oneof(
  fc.constantFrom(...Object.keys(GOOD)).map((key) => ({ ...GOOD, [key]: undefined })),
  fc
    .tuple(
      fc.constantFrom(...Object.keys(GOOD)),
      fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), fc.array(word)),
    )
    .map(([key, wrong]) => ({ ...GOOD, [key]: wrong })),
  word.filter((key) => !KEYS.includes(key)).map((key) => ({ ...GOOD, [`${key}?`]: 1 })),
  fc.constantFrom('command', 'logfile', 'rundir').map((key) => ({ ...GOOD, [key]: `${GOOD.rundir}\0` })),
  fc.integer({ min: 16 }).map((priority) => ({ ...GOOD, 'priority,sched': priority })),
  fc
    .string()
    .filter((path) => !path.startsWith('/'))
    .map((rundir) => ({ ...GOOD, rundir })),
)

test(
  'a job with one thing wrong is refused with 400 and leaves no trace',
  async () => {
    const door = await openDoor()
    await fc.assert(
      fc.asyncProperty(spoiled, async (wrong) => {
        const { statusCode } = await door.call('POST', '/api/v3/jobs', { body: wrong })
        expect(statusCode).toBe(400)
      }),
      { numRuns: RUNS / 4 },
    )
    expect(await storedJobs(door)).toBe(0)
    expect(door.house.executor.orders).toEqual([])
  },
  TIMEOUT_MS,
)
