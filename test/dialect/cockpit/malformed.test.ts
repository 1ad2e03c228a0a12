/** Whatever is sent, it is answered below 500, in the dialect's own bodies, and leaves nothing behind that was not acknowledged. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { doorsOf } from '../../../src/dialect/cockpit/plugin.ts'
import {
  encode,
  METHODS,
  type Method,
  often,
  pairs,
  RUNS,
  segments,
  sendAll,
  type Target,
  TIMEOUT_MS,
  word,
} from '../../support/hostile.ts'
import { aStart, type Door, NOW_S, openDoor, sessionOf, startedJob, tokenOf } from './door.ts'

const FIELDS = Object.keys(aStart()).concat(
  'shared exclusive smt monitoringStatus tags metaData walltime numAcc stopTime jobState key value payload nodes footprint id'.split(
    ' ',
  ),
)
const PARAMETERS =
  'state project cluster start-time page items-per-page with-metadata user jobId arrayJobId duration num-nodes host tag partition job-name stat search sort with-total metric scope points ts to selector omit-tagged all-metrics lines since level username redirect login-token __proto__'.split(
    ' ',
  )

const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.constantFrom(0, 1, -1, 2 ** 31, 2 ** 53, 1e300, NOW_S, NOW_S * 1000),
)
const value = fc.oneof(
  word,
  number,
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, [], {}, [{ hostname: 'host100' }], 'testcluster'),
)
const stray = fc.dictionary(often(fc.constantFrom(...FIELDS), word), value, { maxKeys: 3 })
const STARTS: readonly object[] = [
  aStart(),
  aStart(),
  { jobId: 123, stopTime: NOW_S },
  { key: 'a', value: 'b' },
  { jobId: 123, payload: { key: 'a', value: 'b' } },
  { cluster: 'testcluster', nodes: [{ hostname: 'host100', states: ['idle'] }] },
  { 'add-role': 'support' },
  {},
]
const object = fc.tuple(fc.constantFrom(...STARTS), stray).map(([start, more]) => ({ ...start, ...more }))
const LISTS: readonly unknown[] = [
  [],
  ['load_one'],
  [{ type: 'a', name: 'b' }],
  [{ type: 1 }],
  [['testcluster', 'host100']],
]
const lines = fc
  .tuple(word, word, number)
  .map(([name, host, held]) => `${name},cluster=testcluster,hostname=${host},type=node value=${held} ${NOW_S}\n`)
const body = often(
  fc.oneof(
    object.map((each) => JSON.stringify(each)),
    fc.constantFrom(...LISTS).map((each) => JSON.stringify(each)),
    pairs(fc.constantFrom('username', 'password', 'key', 'value', 'name', 'role'), word, 6),
  ),
  fc.oneof(
    word,
    fc.json(),
    lines,
    object.map((each) => `${JSON.stringify(each).slice(0, -2)}`),
  ),
)

const id = often(fc.constantFrom('1', '2', '9999'), word)
const query = pairs(
  often(fc.constantFrom(...PARAMETERS), word),
  often(fc.constantFrom('1', '0-9', 'true', 'a:b', 'node'), word),
  3,
)

/** Rows that exist, so that most requests come as far as the engine. */
function targetsOf(door: Door): fc.Arbitrary<Target> {
  const rows = doorsOf(door.parts).flatMap(({ prefix, groups }) =>
    groups.flatMap(({ routes }) =>
      routes.flatMap(({ methods, path }) => methods.map((method): [Method, string] => [method, prefix + path])),
    ),
  )
  const others = ['/login', '/logout', '/jwt-login', '/oidc-login', '/swagger/', '/api/', '/nothing'].map(
    (path): [Method, string] => ['POST', path],
  )
  const known = fc
    .tuple(fc.constantFrom(...rows, ...others), fc.array(id, { minLength: 2, maxLength: 2 }))
    .map(([[method, path], ids]): [Method, string] => [method, fill(path, ids)])
  const unknown = fc.tuple(
    fc.constantFrom(...METHODS),
    segments(id, 4).map((path) => `/api/${path}`),
  )
  return fc.tuple(often(known, unknown), body).map(([[method, path], sent]) => ({ method, path, body: sent }))
}

function fill(path: string, ids: readonly string[]): string {
  let at = 0
  return path.replace(/:\w+/g, () => encode(ids[at++ % ids.length]!))
}

function headersOf(session: string, tokens: readonly string[]) {
  const headers = fc.record(
    {
      'x-auth-token': often(fc.constantFrom(...tokens), fc.constantFrom('', 'x', 'a.b.c', ' '.repeat(2000))),
      cookie: often(fc.constant(`session=${session}`), fc.constantFrom('session=x', 'session', ';;=')),
      'content-type': fc.constantFrom('application/json', 'text/plain', 'nonsense', 'multipart/form-data', ''),
      'accept-encoding': fc.constantFrom('gzip', '*', 'gzip;q=0', 'identity'),
      origin: fc.constantFrom('http://localhost', 'null', 'http://evil.example', ')('),
      'content-encoding': fc.constantFrom('gzip', 'br', 'identity'),
    },
    { requiredKeys: ['x-auth-token', 'cookie'] },
  )
  return headers.map(({ origin, 'content-encoding': encoding, ...most }) => ({
    ...most,
    ...(origin && origin.length % 2 === 0 && { origin }),
    ...(encoding === 'gzip' && { 'content-encoding': encoding }),
  }))
}

/** Bodies of refusals that are no JSON in the reference either. */
function isPlain(status: number, path: string): boolean {
  return status === 405 || path.startsWith('/login') || path.includes('machine_state')
}

test(
  `${RUNS} requests of any kind are answered below 500, with a sentence where they are refused`,
  async () => {
    const door = await openDoor()
    const session = await sessionOf(door, 'root', ['admin'])
    const tokens = ['adapter/api', 'root/api+admin', 'alice/api+user'].map((as) => tokenOf(door.key, as))
    await startedJob(door)
    const count = await sendAll({
      ...{ target: targetsOf(door), query, headers: headersOf(session, tokens), call: door.call },
      judge({ statusCode, headers, body: answer }, path) {
        if (isPlain(statusCode, path)) return
        expect(headers['content-type']).toContain('application/json')
        expect(JSON.parse(answer).error).toMatch(/\w/)
      },
    })
    // Most of them came as far as a handler.
    expect(count(200)).toBeGreaterThan(RUNS / 20)
    expect(count(401)).toBeLessThan(RUNS / 2)
  },
  TIMEOUT_MS,
)

const GOOD = aStart({ shared: 'none', walltime: 60, metaData: { a: 'b' } })

/** One thing is wrong with it. */
const spoiled = fc.oneof(
  fc.constantFrom('cluster', 'user', 'numNodes', 'resources').map((key) => ({ ...GOOD, [key]: undefined })),
  fc
    .tuple(
      fc.constantFrom('jobId', 'numNodes', 'startTime', 'walltime'),
      fc.oneof(fc.constant(0.5), word, fc.boolean(), fc.array(word)),
    )
    .map(([key, wrong]) => ({ ...GOOD, [key]: wrong })),
  fc
    .tuple(
      fc.constantFrom('cluster', 'user', 'project', 'shared'),
      fc.oneof(fc.integer(), fc.boolean(), fc.array(word)),
    )
    .map(([key, wrong]) => ({ ...GOOD, [key]: wrong })),
  word.filter((key) => !FIELDS.includes(key.toLowerCase())).map((key) => ({ ...GOOD, [`${key}?`]: 1 })),
  fc.integer({ min: 4 }).map((monitoringStatus) => ({ ...GOOD, monitoringStatus })),
  fc.integer({ min: 2 }).map((numNodes) => ({ ...GOOD, numNodes })),
  fc
    .maxSafeNat()
    .filter((seconds) => seconds > 1e11)
    .map((startTime) => ({ ...GOOD, startTime })),
  word.filter((host) => !/^host10\d$/.test(host)).map((hostname) => ({ ...GOOD, resources: [{ hostname }] })),
)

test(
  'a run with one thing wrong is refused with 400 and leaves no trace',
  async () => {
    const door = await openDoor()
    await fc.assert(
      fc.asyncProperty(spoiled, async (wrong) => {
        const { statusCode, body: answer } = await door.call('POST', '/api/jobs/start_job/', { body: wrong })
        expect([statusCode, answer]).toEqual([400, expect.stringContaining('"status":"Bad Request"')])
      }),
      { numRuns: RUNS / 4 },
    )
    expect((await door.call('GET', '/api/jobs/?with-total=true')).json().total).toBe(0)
  },
  TIMEOUT_MS,
)
