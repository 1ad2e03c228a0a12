/** Each row of the door, with each odd thing that a path, a query or a body can hold: an answer below 500, in the dialect's words. */

import { expect, test } from 'vitest'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { BODIES, nameOf } from './bodies.ts'
import { type Call, type Door, type Method, openDoor, submitted } from './door.ts'

const IDS =
  '%00 %ff %ed%a0%80 1e9 -1 0x1 9223372036854775808 18446744073709551616 1.0 %20 __proto__ constructor %2F.. * NaN'.split(
    ' ',
  )
const QUERIES = [
  ...[
    '%',
    '%ff=%ff',
    '&&=&',
    'a[b]=1&a[b]=2',
    '__proto__=1&constructor=2',
    'page=1&page=%00',
    'page=9223372036854775808',
  ],
  ...['page_size=1e309&page=-1', `state=${'SUCCESS,'.repeat(2000)}`, `id=${'1,'.repeat(2000)}`, 'id=1e400&job=1e400'],
  ...[
    'created_after=275761-01-01&timestamp=0000-00-00',
    `ordering=${'-'.repeat(500)}`,
    'format=__proto__',
    'format=%00',
  ],
  ...[
    'site=%00&name=%00&user=%00&node=%00&summary=%00',
    'severity=constructor',
    `workflow=${'%F0%9F%98%80'.repeat(200)}`,
  ],
]
const nested = (depth: number) => '{"a":'.repeat(depth) + 1 + '}'.repeat(depth)
const JSONS: readonly (string | Buffer)[] = [
  ...['', 'null', '[]', '"x"', '7', '{', 'NaN', '[1e999]', '{"name":1,"name":null,"name":"x"}', nested(3000)],
  ...['['.repeat(100_000), `{"name":${'9'.repeat(10_000)}}`, `{"paths":[${'"/x",'.repeat(50_000)}"/x"]}`],
  ...[Buffer.from([0xff, 0xfe, 0x7b]), Buffer.from('{"name":"\xed\xa0\x80"}', 'latin1'), Buffer.alloc(100)],
  `{${Array.from({ length: 20_000 }, (_each, index) => `"k${index}":1`).join(',')}}`,
  ...[
    '{"__proto__":{"name":1}}',
    '{"constructor":{"prototype":1},"paths":[{"path":{"path":1}}],"fields":{"__proto__":1}}',
  ],
]
const YAMLS: readonly string[] = [
  ...[
    '~',
    '- x',
    'a: &a [*a]',
    '? [a]\n: b',
    '? '.repeat(500),
    '['.repeat(30_000),
    'a:\n '.repeat(3000),
    ' }'.repeat(16_000),
  ],
  ...[
    '!!js/function "x"',
    '!!binary x',
    '!!timestamp 2001',
    '--- a\n--- b',
    'name: .inf',
    'name: 0x7fffffffffffffffffff',
  ],
  ...[
    '<<: {name: x}',
    'name: "\\ud800"',
    'name: \0',
    '__proto__: {x: 1}',
    'paths: !!set {/a}',
    `x: &a y\nz: [${'*a,'.repeat(500)}]`,
  ],
]
const FORMS = ['name=x&name=y', '%', '__proto__=1', 'paths=/a&paths=/b', '&'.repeat(5000), 'enabled=maybe']

async function furnished(): Promise<Door & { bearer: Record<string, string> }> {
  const door = await openDoor()
  await submitted(door)
  return { ...door, bearer: { authorization: `Bearer ${await door.tokenOf('root')}` } }
}

function rowsOf(door: Door) {
  return routesOf(door.parts).map(({ method, path, fields }) => ({
    method: method as Method,
    path: `/api${path}`,
    fields,
  }))
}

async function expectRefusal(door: Door, method: Method, path: string, call: Call): Promise<void> {
  const { statusCode, headers, body } = await door.call(method, path, { as: null, ...call })
  const said = [method, path.slice(0, 100), statusCode, body.slice(0, 200)]
  expect([statusCode < 500, ...said]).toEqual([true, ...said])
  if (statusCode < 400 || statusCode === 404 || headers['content-type'] !== 'application/json') return
  const refusal = JSON.parse(body)
  expect([Object.keys(refusal).length > 0 && refusal.error === undefined, ...said]).toEqual([true, ...said])
}

test('odd numbers and names in every path', async () => {
  const door = await furnished()
  for (const { method, path } of rowsOf(door).filter((row) => row.path.includes(':')))
    for (const id of IDS) {
      const body = method === 'GET' || method === 'DELETE' ? undefined : (BODIES[nameOf(method, path.slice(4))] ?? {})
      const { statusCode, body: said } = await door.call(method, path.replace(/:\w+/, id), {
        ...{ as: null, headers: door.bearer, body },
      })
      expect([method, path, id, statusCode, [400, 404].includes(statusCode)]).toEqual([
        method,
        path,
        id,
        statusCode,
        true,
      ])
      expect(Object.keys(JSON.parse(said))).toContain('detail')
    }
}, 60_000)

test('odd queries for every list', async () => {
  const door = await furnished()
  for (const { method, path } of rowsOf(door).filter((row) => row.method === 'GET'))
    for (const query of QUERIES)
      await expectRefusal(door, method, `${path.replace(/:\w+/, '1')}?${query}`, { headers: door.bearer })
}, 60_000)

test('odd bodies for every request that takes one', async () => {
  const door = await furnished()
  const taking = rowsOf(door).filter(({ fields }) => fields !== undefined)
  expect(taking.length).toBeGreaterThan(20)
  for (const { method, path } of taking)
    for (const [type, bodies] of [
      ['application/json', JSONS],
      ['application/yaml', YAMLS],
      ['application/x-www-form-urlencoded', FORMS],
    ] as const)
      for (const body of bodies)
        await expectRefusal(door, method, path.replace(/:\w+/, '1'), {
          ...{ headers: { ...door.bearer, 'content-type': type }, body },
        })
}, 120_000)
