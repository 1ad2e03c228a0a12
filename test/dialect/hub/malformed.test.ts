/** Whatever is sent, it is answered below 500, in the dialect's own bodies. */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { aSite } from '../../support/hand-workflows.ts'
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
import { WorkflowHouse } from '../../support/workflow-house.ts'
import { BODIES, nameOf } from './bodies.ts'
import { type Door, openDoor, submitted } from './door.ts'

const KEYS =
  'workflow site paths discovery fields queue name label icon_classes filter_rules enabled visible state username password refresh token bandwidth action path sites recursive filters members roles email suppressed expiry_date cron minute time_zone jobs_ttl __proto__'.split(
    ' ',
  )
const PARAMETERS =
  'page page_size format id site state type queue owner created_after created_before hide_noop ordering path details restricted job name severity suppressed timestamp user active __proto__'.split(
    ' ',
  )

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
  fc.constantFrom(
    'a: &a [*a]',
    '- x',
    'a: b: c',
    '[[[[',
    '{"a":NaN}',
    '{"a":1',
    '%YAML 1.2\n---\n!!binary x',
    '? '.repeat(80),
  ),
)

/** What the row would take, with something else in it; seldom no JSON at all. */
function bodyFor(start: object): fc.Arbitrary<string> {
  const object = often(stray, fc.constant({})).map((more) => JSON.stringify({ ...start, ...more }))
  return often(object, GARBAGE)
}

const id = often(fc.constantFrom('1', '1', '1', '2', '9999', 'me', 'searchui'), word)
const query = pairs(
  often(fc.constantFrom(...PARAMETERS), word),
  often(fc.constantFrom('1', 'last', 'true', 'SUCCESS', 'dfoster1', '/mmfs1', 'yaml', '2026-11-21'), word),
  3,
)

/** Rows that exist, so that most requests come as far as the engine. */
function targetsOf(door: Door): fc.Arbitrary<Target> {
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
    path: segments(id, 4).map((path) => `/api/${path}`),
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

test.each(['by hand', 'over the engine'])(
  `${RUNS} requests of any kind are answered below 500, and refused with a reason: workflows %s`,
  async (kind) => {
    const door = kind === 'by hand' ? await openDoor() : await overEngine()
    await submitted(door, SITE)
    const tokens = await Promise.all(
      ['root', 'alice', 'rita'].map(async (name) => `Bearer ${await door.tokenOf(name)}`),
    )
    tokens.push(`Api-Key ${(await door.keyOf('root')).text}`)
    const count = await sendAll({
      ...{ target: targetsOf(door), query, headers: headersOf(tokens), call: door.call },
      judge({ headers, body: answer }) {
        expect(headers['content-type']).toMatch(/^application\/(json|yaml)/)
        expect(answer).toMatch(/\w/)
        if (headers['content-type'] === 'application/json') expect(Object.keys(JSON.parse(answer))).not.toEqual([])
      },
    })
    // Most of them came as far as a handler.
    expect(count(200) + count(201)).toBeGreaterThan(RUNS / 10)
    expect(count(401)).toBeLessThan(RUNS / 3)
  },
  TIMEOUT_MS,
)
