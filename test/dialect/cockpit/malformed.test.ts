/** Whatever is sent, it is answered below 500, in the dialect's own bodies, and leaves nothing behind that was not acknowledged. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { doorsOf } from '../../../src/dialect/cockpit/plugin.ts'
import { aStart, type Call, type Door, type Method, NOW_S, openDoor, sessionOf, startedJob, tokenOf } from './door.ts'

const RUNS = process.env.YARDMASTER_SOAK ? 10_000 : 1_000
const TIMEOUT_MS = RUNS * 30 + 60_000

interface Asked {
  method: Method
  path: string
  call: Call
}

const METHODS: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']
const HOSTILE = [
  'constructor',
  'toString',
  '__proto__',
  'hasOwnProperty',
  "' OR 1=1 --",
  '../../etc/passwd',
  '$(reboot)',
  '%00',
  '\0',
  '\ud800',
  'a\r\nX: y',
  '(((',
  '{{',
  '𝄞',
  '-1',
  '1e999',
  '9'.repeat(400),
  '-9223372036854775808',
]

const FIELDS = Object.keys(aStart()).concat(
  'shared exclusive smt monitoringStatus tags metaData walltime numAcc stopTime jobState key value payload nodes footprint id'.split(
    ' ',
  ),
)
const PARAMETERS =
  'state project cluster start-time page items-per-page with-metadata user jobId arrayJobId duration num-nodes host tag partition job-name stat search sort with-total metric scope points ts to selector omit-tagged all-metrics lines since level username redirect login-token __proto__'.split(
    ' ',
  )

const word = fc.oneof(fc.string(), fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 20 }))
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
    fc.dictionary(fc.constantFrom('username', 'password', 'key', 'value', 'name', 'role'), word).map(asForm),
  ),
  fc.oneof(
    word,
    fc.json(),
    lines,
    object.map((each) => `${JSON.stringify(each).slice(0, -2)}`),
  ),
)

const id = often(fc.constantFrom('1', '2', '9999'), word)
const queryText = fc
  .array(
    fc.tuple(
      often(fc.constantFrom(...PARAMETERS), word),
      often(fc.constantFrom('1', '0-9', 'true', 'a:b', 'node'), word),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, given]) => `${encode(name)}=${encode(given)}`).join('&'))

/** Rows that exist, so that most requests come as far as the engine. */
function placesOf(door: Door): fc.Arbitrary<[Method, string]> {
  const rows = doorsOf(door.parts).flatMap(({ prefix, groups }) =>
    groups.flatMap(({ routes }) =>
      routes.flatMap(({ methods, path }) => methods.map((method) => [method, prefix + path] as const)),
    ),
  )
  const others = ['/login', '/logout', '/jwt-login', '/oidc-login', '/swagger/', '/api/', '/nothing'].map(
    (path) => ['POST' as Method, path] as const,
  )
  const known = fc.tuple(fc.constantFrom(...rows, ...others), fc.array(id, { minLength: 2, maxLength: 2 }))
  const filled = known.map(([[method, path], ids]) => [method, fill(path, ids)] as [Method, string])
  return often(
    filled,
    fc.tuple(
      fc.constantFrom(...METHODS),
      fc.array(id, { maxLength: 4 }).map((parts) => `/api/${parts.map(encode).join('/')}`),
    ),
  )
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

/** Nine times of ten the first. */
function often<A, B>(first: fc.Arbitrary<A>, second: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ arbitrary: first, weight: 9 }, { arbitrary: second, weight: 1 })
}

function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ff%zz'
}

function asForm(fields: Record<string, string>): string {
  return Object.entries(fields)
    .map(([name, given]) => `${name}=${encode(given)}`)
    .join('&')
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
    const asked: fc.Arbitrary<Asked> = fc
      .record({ place: placesOf(door), queryText, body, headers: headersOf(session, tokens) })
      .map(({ place: [method, path], queryText: query, body: sent, headers }) => ({
        method,
        path: `${path}${query && `?${query}`}`,
        call: { as: null, headers, ...(method !== 'GET' && method !== 'HEAD' && { body: sent }) },
      }))
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(asked, async ({ method, path, call }) => {
        const { statusCode, body: answer, headers } = await door.call(method, path, call)
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
        expect(statusCode).toBeLessThan(500)
        if (statusCode < 400 || method === 'HEAD' || isPlain(statusCode, path)) return
        expect(headers['content-type']).toContain('application/json')
        expect(JSON.parse(answer).error).toMatch(/\w/)
      }),
      { numRuns: RUNS },
    )
    // Most of them came as far as a handler.
    expect(statuses.get(200) ?? 0).toBeGreaterThan(RUNS / 20)
    expect(statuses.get(401) ?? 0).toBeLessThan(RUNS / 2)
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
