/** Whatever is sent, it is answered below 500, in the dialect's own bodies. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { aSite } from '../../support/hand-workflows.ts'
import { WorkflowHouse } from '../../support/workflow-house.ts'
import { BODIES, nameOf } from './bodies.ts'
import { type Call, type Door, type Method, openDoor, submitted } from './door.ts'

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
  '__proto__',
  'hasOwnProperty',
  "' OR 1=1 --",
  '../../etc/passwd',
  '%00',
  '\0',
  '\ud800',
  '\udcff',
  'a\r\nX: y',
  '{{',
  '𝄞',
  '-1',
  '1e999',
  '9'.repeat(400),
  '-9223372036854775808',
]
const KEYS =
  'workflow site paths discovery fields queue name label icon_classes filter_rules enabled visible state username password refresh token bandwidth action path sites recursive filters members cron minute time_zone jobs_ttl __proto__'.split(
    ' ',
  )
const PARAMETERS =
  'page page_size format id site state type queue owner created_after created_before hide_noop ordering path details restricted job name severity suppressed timestamp user active __proto__'.split(
    ' ',
  )

const word = fc.oneof(fc.string(), fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary', maxLength: 20 }))
const value = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.jsonValue(),
  fc.constantFrom<unknown>(null, [], {}, true, ['/mmfs1/a'], 'migrate', 'dfoster1', { lock_level: 'none' }),
)
const stray = fc.dictionary(often(fc.constantFrom(...KEYS), word), value, { maxKeys: 3 })
const GARBAGE = fc.oneof(
  word,
  fc.json(),
  fc.constantFrom('a: &a [*a]', '- x', 'a: b: c', '[[[[', '{"a":NaN}', '{"a":1', '%YAML 1.2\n---\n!!binary x'),
)

/** What the row would take, with something else in it; seldom no JSON at all. */
function bodyFor(start: object): fc.Arbitrary<string> {
  const object = often(stray, fc.constant({})).map((more) => JSON.stringify({ ...start, ...more }))
  return often(object, GARBAGE)
}

const id = often(fc.constantFrom('1', '1', '1', '2', '9999', 'me', 'searchui'), word)
const queryText = fc
  .array(
    fc.tuple(
      often(fc.constantFrom(...PARAMETERS), word),
      often(fc.constantFrom('1', 'last', 'true', 'SUCCESS', 'dfoster1', '/mmfs1', 'yaml', '2026-11-21'), word),
    ),
    { maxLength: 3 },
  )
  .map((pairs) => pairs.map(([name, given]) => `${encode(name)}=${encode(given)}`).join('&'))

interface Place {
  method: Method
  path: string
  body: string
}

/** Rows that exist, so that most requests come as far as the engine. */
function placesOf(door: Door): fc.Arbitrary<Place> {
  const rows = routesOf(door.parts).map(({ method, path }) => {
    const start = BODIES[nameOf(method, path)] ?? TOKENS[path] ?? {}
    return fc.record({
      method: fc.constant<Method>(method),
      path: id.map((given) => `/api${path.replace(/:\w+/g, encode(given))}`),
      body: bodyFor(start),
    })
  })
  const anything = fc.record({
    method: fc.constantFrom(...METHODS),
    path: fc.array(id, { maxLength: 4 }).map((parts) => `/api/${parts.map(encode).join('/')}`),
    body: GARBAGE,
  })
  return often(fc.oneof(...rows), anything)
}

const TOKENS: Readonly<Record<string, object>> = {
  '/auth/token/': { username: 'alice', password: 'x' },
  '/auth/token/refresh/': { refresh: 'x' },
  '/auth/token/verify/': { token: 'x' },
}

function headersOf(tokens: readonly string[]) {
  return fc.record(
    {
      authorization: often(
        fc.constantFrom(...tokens),
        fc.constantFrom('', 'Bearer', 'Bearer x', 'Api-Key x', ' '.repeat(2000)),
      ),
      'content-type': often(
        fc.constantFrom(
          'application/json',
          'application/json',
          'application/yaml',
          'application/x-www-form-urlencoded',
        ),
        fc.constantFrom('text/plain', 'application/x-www-form-urlencoded', 'nonsense', '', ';'),
      ),
      accept: often(
        fc.constantFrom('application/json', '*/*', 'application/yaml'),
        fc.constantFrom('text/html', ',', ';q='),
      ),
      host: fc.constantFrom('localhost:8000', 'a b', '[::1]', 'x'.repeat(300)),
      'content-encoding': often(fc.constant('identity'), fc.constant('gzip')),
    },
    { requiredKeys: ['authorization', 'content-type', 'accept'] },
  )
}

/** A path and a site that both sorts of workflows have. */
const SITE = { paths: ['/mmfs1/a'] }

async function overEngine(): Promise<Door> {
  const house = await new WorkflowHouse([aSite(1, 'dfoster1')]).open()
  return openDoor({ house })
}

/** Nine times of ten the first. */
function often<A, B>(first: fc.Arbitrary<A>, second: fc.Arbitrary<B>): fc.Arbitrary<A | B> {
  return fc.oneof({ arbitrary: first, weight: 9 }, { arbitrary: second, weight: 1 })
}

function encode(text: string): string {
  return text.isWellFormed() ? encodeURIComponent(text) : '%ff%zz'
}

test.each(['by hand', 'over the engine'])(
  `${RUNS} requests of any kind are answered below 500, and refused with a reason: workflows %s`,
  async (kind) => {
    const door = kind === 'by hand' ? await openDoor() : await overEngine()
    await submitted(door, SITE)
    const tokens = await Promise.all(
      ['root', 'alice', 'rita'].map(async (name) => `Bearer ${await door.tokenOf(name)}`),
    )
    tokens.push(`Api-Key ${(await door.keyOf('root')).text}`)
    const asked: fc.Arbitrary<Asked> = fc
      .record({ place: placesOf(door), queryText, headers: headersOf(tokens) })
      .map(({ place: { method, path, body: sent }, queryText: query, headers }) => ({
        method,
        path: `${path}${query && `?${query}`}`,
        call: { as: null, headers, ...(method !== 'GET' && method !== 'HEAD' && { body: sent }) },
      }))
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(asked, async ({ method, path, call }) => {
        const { statusCode, body: answer, headers } = await door.call(method, path, call)
        statuses.set(statusCode, (statuses.get(statusCode) ?? 0) + 1)
        expect([statusCode < 500, answer.slice(0, 200)]).toEqual([true, expect.anything()])
        if (statusCode < 400 || method === 'HEAD') return
        expect(headers['content-type']).toMatch(/^application\/(json|yaml)/)
        expect(answer).toMatch(/\w/)
        if (headers['content-type'] === 'application/json') expect(Object.keys(JSON.parse(answer))).not.toEqual([])
      }),
      { numRuns: RUNS },
    )
    // Most of them came as far as a handler.
    expect((statuses.get(200) ?? 0) + (statuses.get(201) ?? 0)).toBeGreaterThan(RUNS / 10)
    expect(statuses.get(401) ?? 0).toBeLessThan(RUNS / 3)
  },
  TIMEOUT_MS,
)
