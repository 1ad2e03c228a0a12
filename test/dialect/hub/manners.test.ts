/** How the original's framework answers, whatever is asked for (spec/hub.md 2.1 to 2.4). */

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { DomainError } from '../../../src/base/errors.ts'
import { pageAddress, pageOf } from '../../../src/dialect/hub/manners/paging.ts'
import { complaintOf } from '../../../src/dialect/hub/manners/python-json.ts'
import { withSlash } from '../../../src/dialect/hub/manners/slash.ts'
import { readTime, showTime } from '../../../src/dialect/hub/manners/time.ts'
import { routesOf } from '../../../src/dialect/hub/plugin.ts'
import { forge } from '../../support/forge.ts'
import { type Door, type Method, MIGRATE, openDoor, PASSWORD, submitted } from './door.ts'

/** Printed by CPython 3.11's `json.loads`. */
const COMPLAINTS: readonly (readonly [string, string])[] = [
  ['', 'Expecting value: line 1 column 1 (char 0)'],
  [' ', 'Expecting value: line 1 column 2 (char 1)'],
  ['{', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['{"a"', "Expecting ':' delimiter: line 1 column 5 (char 4)"],
  ['{"a":', 'Expecting value: line 1 column 6 (char 5)'],
  ['{"a":1', "Expecting ',' delimiter: line 1 column 7 (char 6)"],
  ['{"a":1,}', 'Expecting property name enclosed in double quotes: line 1 column 8 (char 7)'],
  ['{"a":1, }', 'Expecting property name enclosed in double quotes: line 1 column 9 (char 8)'],
  ['[1,]', 'Expecting value: line 1 column 4 (char 3)'],
  ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
  ['"abc', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['"a\nb"', 'Invalid control character at: line 1 column 3 (char 2)'],
  ['"\\x"', 'Invalid \\escape: line 1 column 2 (char 1)'],
  ['"\\u12"', 'Invalid \\uXXXX escape: line 1 column 3 (char 2)'],
  ['"\\', 'Unterminated string starting at: line 1 column 1 (char 0)'],
  ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
  ["{'a':1}", 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
  ['1 2', 'Extra data: line 1 column 3 (char 2)'],
  ['{}}', 'Extra data: line 1 column 3 (char 2)'],
  ['01', 'Extra data: line 1 column 2 (char 1)'],
  ['1.5e', 'Extra data: line 1 column 4 (char 3)'],
  ['True', 'Expecting value: line 1 column 1 (char 0)'],
  ['-', 'Expecting value: line 1 column 1 (char 0)'],
  ['[,]', 'Expecting value: line 1 column 2 (char 1)'],
  ['\ufeff{}', 'Unexpected UTF-8 BOM (decode using utf-8-sig): line 1 column 1 (char 0)'],
  ['{"é𝄞":x}', 'Expecting value: line 1 column 7 (char 6)'],
  ['{"a"\n:\n x}', 'Expecting value: line 3 column 2 (char 8)'],
]

test.each(COMPLAINTS)('%j is no JSON, and the reason is that of CPython', (text, complaint) => {
  expect(complaintOf(text)).toBe(complaint)
})

test('whatever is no JSON has a place where it breaks', () => {
  const broken = fc.oneof(
    fc.string(),
    fc.tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 })).map(([text, at, more]) => {
      const cut = at % (text.length + 1)
      return text.slice(0, cut) + more + text.slice(cut + 1)
    }),
    fc.nat({ max: 5000 }).map((depth) => '['.repeat(depth)),
  )
  fc.assert(
    fc.property(broken, (text) => {
      const isJson = (() => {
        try {
          JSON.parse(text)
          return true
        } catch {
          return false
        }
      })()
      if (!isJson) expect(complaintOf(text)).toMatch(/: line \d+ column \d+ \(char \d+\)$|^Out of range float values/)
    }),
    { numRuns: 2000 },
  )
})

test('every path without its slash is answered 301 to the one with it, for every verb, and nothing is done', async () => {
  const door = await openDoor({ prefix: '/hub' })
  const paths = new Set(routesOf(door.parts).map(({ path }) => path.replace(/:\w+/g, '1')))
  for (const path of paths) {
    if (!path.endsWith('/')) continue
    const bare = `/hub/api${path.slice(0, -1)}`
    if (paths.has(path.slice(0, -1))) continue
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as Method[]) {
      const { statusCode, headers, body } = await door.call(method, `${bare}?a=b`, { as: null })
      expect([method, path, statusCode, headers.location, body]).toEqual([method, path, 301, `${bare}/?a=b`, ''])
    }
  }
})

test('the slash is put before the query, and the rest stays as it was', () => {
  fc.assert(
    fc.property(fc.webPath(), fc.webQueryParameters(), (path, query) => {
      const url = `${path}${query && `?${query}`}`
      const shown = withSlash(url)
      expect(shown).toMatch(/^[!-~]*$/)
      if (/^[!-~]*$/.test(url)) expect(shown).toBe(`${path}/${query && `?${query}`}`)
    }),
  )
})

test('pages cover a list once, in order, whatever their size', () => {
  fc.assert(
    fc.property(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 120 }), (count, size) => {
      const rows = Array.from({ length: count }, (_each, index) => index)
      const seen: number[] = []
      for (let number = 1; ; number += 1) {
        const page = pageOf({ page: String(number), page_size: String(size) }, count)
        seen.push(...rows.slice(page.offset, page.offset + page.size))
        if (page.isLast) break
      }
      expect(seen).toEqual(rows)
      expect(pageOf({ page: 'last', page_size: String(size) }, count)).toMatchObject({ isLast: true })
      expect(() =>
        pageOf({ page: String(Math.ceil(count / Math.min(size, 100)) + 2), page_size: String(size) }, count),
      ).toThrow()
    }),
  )
})

test('a page is a number of its own, and a size that is none falls back', () => {
  for (const page of ['0', '-1', 'x', '1.5', '1e3', '9'.repeat(30)]) expect(() => pageOf({ page }, 100)).toThrow()
  for (const page_size of ['0', '-5', 'x', '1.5']) expect(pageOf({ page_size }, 100).size).toBe(20)
  expect(pageOf({ page_size: '100000' }, 100).size).toBe(100)
  expect(pageOf({ page: ' 2 ' }, 100)).toMatchObject({ number: 2, offset: 20 })
})

test('addresses of pages keep the other parameters, and the first page has no number', async () => {
  expect(pageAddress('http://h/api/jobs/?state=SUCCESS&page=3&a=1', 2)).toBe(
    'http://h/api/jobs/?a=1&page=2&state=SUCCESS',
  )
  expect(pageAddress('http://h/api/jobs/?page=2', 1)).toBe('http://h/api/jobs/')
  const door = await openDoor()
  for (let left = 3; left > 0; left -= 1) await submitted(door)
  const { next, previous, results } = (await door.call('GET', '/api/jobs/?page_size=1&page=2')).json()
  expect([next, previous]).toEqual([
    'http://localhost:80/api/jobs/?page=3&page_size=1',
    'http://localhost:80/api/jobs/?page_size=1',
  ])
  expect(results).toHaveLength(1)
})

test('times have microseconds and Z, and are read in any of their forms', () => {
  expect(showTime(Date.UTC(2025, 6, 3, 14, 33, 0, 31))).toBe('2025-07-03T14:33:00.031000Z')
  for (const text of ['2025-07-03T14:33:00.031598Z', '2025-07-03 14:33:00.031', '2025-07-03T16:33:00.031+02:00'])
    expect(readTime(text)).toBe(Date.UTC(2025, 6, 3, 14, 33, 0, 31))
  expect(readTime('2025-07-03')).toBe(Date.UTC(2025, 6, 3))
  for (const text of ['', 'soon', '2025-13-01', '1720000000', '2025-07-03T25:00'])
    expect(readTime(text)).toBeUndefined()
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
      expect(readTime(showTime(at))).toBe(at)
    }),
  )
})

test('the form of the answer follows Accept and format', async () => {
  const { call } = await openDoor()
  const ask = async (accept: string, query = '') => {
    const { statusCode, headers } = await call('GET', `/api/workflows/${query}`, { headers: { accept } })
    return [statusCode, headers['content-type']]
  }
  const [json, yaml] = [
    [200, 'application/json'],
    [200, 'application/yaml'],
  ]
  for (const accept of ['', '*/*', 'application/*', 'application/json', 'text/html, */*;q=0.1', 'application/json;q=0'])
    expect(await ask(accept)).toEqual(json)
  for (const accept of ['application/yaml', 'application/x-yaml, */*', 'text/yaml'])
    expect(await ask(accept)).toEqual(yaml)
  expect(await ask('*/*', '?format=yaml')).toEqual(yaml)
  expect(await ask('application/yaml', '?format=json')).toEqual(json)
  expect(await ask('text/html')).toEqual([406, 'application/json'])
  expect(await ask('*/*', '?format=xml')).toEqual([404, 'application/json'])
  const refused = await call('GET', '/api/workflows/', { headers: { accept: 'text/html' } })
  expect(refused.body).toBe('{"detail":"Could not satisfy the request Accept header."}')
})

const DEFINITION = `name: movies
label: Movies
icon_classes: []
fields: []
filter_rules:
  - &rule
    type: file
    state: created
    action: [{name: dynamo.tasks.migrate, premigrate: true}]
  - {type: file, state: updated, action: [{name: dynamo.tasks.migrate}]}
`

test('a workflow goes in as YAML and comes out as YAML', async () => {
  const { call } = await openDoor()
  const headers = { 'content-type': 'application/yaml', accept: 'application/yaml' }
  const made = await call('POST', '/api/workflows/', { body: DEFINITION, headers })
  expect([made.statusCode, made.headers['content-type']]).toEqual([201, 'application/yaml'])
  expect(parse(made.body)).toMatchObject({ name: 'movies', filter_rules: [{ state: 'created' }, { state: 'updated' }] })
})

test('YAML that breaks, grows or never ends is refused', async () => {
  const { call } = await openDoor()
  const headers = { 'content-type': 'application/yaml' }
  const bomb = ['a: &a [x,x,x,x,x,x,x,x,x]']
  for (const [one, other] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh'])
    bomb.push(`${other}: &${other} [${Array(9).fill(`*${one}`).join(',')}]`)
  for (const body of [
    'a: [',
    'a: *nothing',
    bomb.join('\n'),
    '['.repeat(100_000),
    'x'.repeat(40_000),
    '- 1',
    '!!js/function "x"',
    'a: &a\n  b: *a',
  ]) {
    const { statusCode } = await call('POST', '/api/workflows/', { body, headers })
    expect([body.slice(0, 20), statusCode]).toEqual([body.slice(0, 20), 400])
  }
})

test('bodies are JSON, YAML or plain forms; others are 415, and none is an empty one', async () => {
  const { call, auth } = await openDoor()
  await auth.accounts.add('dfoster', PASSWORD, ['user'])
  const form = `username=dfoster&password=${encodeURIComponent(PASSWORD)}`
  const enter = (type: string, body: string) =>
    call('POST', '/api/auth/token/', { as: null, body, headers: { 'content-type': type } })
  expect((await enter('application/x-www-form-urlencoded', form)).statusCode).toBe(200)
  expect(
    (await enter('application/json; charset=utf-8', `{"username":"dfoster","password":"${PASSWORD}"}`)).statusCode,
  ).toBe(200)
  const odd = await enter('text/plain; charset=utf-8', 'x')
  expect([odd.statusCode, odd.json().detail]).toEqual([
    415,
    'Unsupported media type "text/plain; charset=utf-8" in request.',
  ])
  expect((await enter('nonsense', '{}')).statusCode).toBe(415)
  expect((await enter('application/yaml', 'username: dfoster')).statusCode).toBe(415)
  const empty = await call('POST', '/api/auth/token/', { as: null, headers: { 'content-type': 'text/plain' } })
  expect(empty.json()).toEqual({ username: ['This field is required.'], password: ['This field is required.'] })
  const bytes = await call('POST', '/api/auth/token/', {
    as: null,
    body: Buffer.from([0x22, 0xff, 0x22]),
    headers: { 'content-type': 'application/json' },
  })
  expect([bytes.statusCode, bytes.json().detail]).toEqual([
    400,
    expect.stringMatching(/^JSON parse error - 'utf-8' codec/),
  ])
  const packed = await call('POST', '/api/auth/token/', {
    as: null,
    body: '{}',
    headers: { 'content-encoding': 'gzip' },
  })
  expect(packed.statusCode).toBe(415)
  const deep = await call('POST', '/api/file/workflow/', { body: `{"fields":${'['.repeat(60)}${']'.repeat(60)}}` })
  expect(deep.statusCode).toBe(400)
})

test('nobody makes the server read much before it knows him, and no one too much', async () => {
  const { call } = await openDoor()
  const ask = async (path: string, length: number, as: string | null) => {
    const { statusCode, body } = await call('POST', path, { as, body: JSON.stringify({ token: 'x'.repeat(length) }) })
    return [statusCode, statusCode === 413 ? body : '']
  }
  expect(await ask('/api/auth/token/verify/', 7000, null)).toEqual([401, ''])
  expect(await ask('/api/auth/token/verify/', 20_000, null)).toEqual([413, '{"detail":"The body is too large."}'])
  expect(await ask('/api/search/', 20_000, 'alice')).toEqual([400, ''])
  expect(await ask('/api/search/', 1 << 21, 'alice')).toEqual([413, '{"detail":"The body is too large."}'])
})

test('who comes is refused by what is wrong with the header', async () => {
  const door = await openDoor()
  const access = await door.tokenOf('alice')
  const { text } = await door.keyOf('alice')
  const ask = async (authorization: string) => {
    const { statusCode, headers, body } = await door.call('GET', '/api/jobs/', { as: null, headers: { authorization } })
    return statusCode === 401 ? { ...JSON.parse(body), challenge: headers['www-authenticate'] } : statusCode
  }
  const challenge = 'Bearer realm="api"'
  const nobody = { detail: 'Authentication credentials were not provided.', challenge }
  const two = 'Authorization header must contain two space-delimited values'
  expect(await ask(`Bearer ${access}`)).toBe(200)
  expect(await ask(`Bearer   ${access} `)).toBe(200)
  for (const header of [
    '',
    `bearer ${access}`,
    `Token ${access}`,
    access,
    'Api-Key',
    'Api-Key ',
    'Basic YTpi',
    `Api-Key ${text}x`,
  ])
    expect([header, await ask(header)]).toEqual([header, nobody])
  for (const header of ['Bearer', `Bearer ${access} x`])
    expect(await ask(header)).toEqual({ detail: two, code: 'bad_authorization_header', challenge })
  const odd = forge(door.key, { alg: 'EdDSA' }, { iss: 'yardmaster/hub', exp: 4e9, token_type: 'access' })
  expect(await ask(`Bearer ${odd}`)).toMatchObject({
    code: 'token_not_valid',
    detail: expect.stringContaining('no recognizable user'),
  })
  await door.auth.accounts.remove('alice')
  expect(await ask(`Bearer ${access}`)).toEqual({ detail: 'User not found', code: 'user_not_found', challenge })
  expect(await ask(`Api-Key ${text}`)).toEqual(nobody)
})

test('whoever guesses passwords is told to wait', async () => {
  const { call } = await openDoor()
  const guess = () => call('POST', '/api/auth/token/', { as: null, body: { username: 'alice', password: 'wrong' } })
  for (let left = 3; left > 0; left -= 1) expect((await guess()).statusCode).toBe(401)
  const { statusCode, headers, json } = await guess()
  expect(statusCode).toBe(429)
  expect(json().detail).toBe(`Request was throttled. Expected available in ${headers['retry-after']} seconds.`)
})

test('every answer says what the path takes, and what browsers may do with it', async () => {
  const { call } = await openDoor()
  const { headers } = await call('GET', '/api/workflows/')
  expect(headers).toMatchObject({
    allow: 'GET, POST, HEAD, OPTIONS',
    vary: 'Accept',
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'cache-control': 'no-store',
  })
  expect(headers['access-control-allow-origin']).toBeUndefined()
  const head = await call('HEAD', '/api/workflows/')
  expect([head.statusCode, head.body]).toEqual([200, ''])
})

test('links are those by which the client came, and no host that cannot be is repeated', async () => {
  const door = await openDoor({ prefix: '/hub' })
  const submit = async (headers: Record<string, string>) =>
    (await door.call('POST', '/hub/api/file/workflow/', { as: 'alice', body: MIGRATE, headers })).json().url
  expect(await submit({ host: 'hub.example:8000' })).toBe('http://hub.example:8000/hub/api/jobs/1/')
  expect(await submit({ host: 'hub.example', 'x-forwarded-proto': 'https' })).toBe(
    'https://hub.example/hub/api/jobs/2/',
  )
  expect(await submit({ host: '[::1]:8000' })).toBe('http://[::1]:8000/hub/api/jobs/3/')
  expect(await submit({ host: 'evil"><script>' })).toBe('http://localhost/hub/api/jobs/4/')
})

test('what fails inside is 500 with the original’s body and an id, and no inner text', async () => {
  const door: Door = await openDoor()
  door.workflows.runs = () => Promise.reject(new Error('secret of the inside'))
  const { statusCode, body } = await door.call('GET', '/api/jobs/')
  expect(statusCode).toBe(500)
  expect(JSON.parse(body).error).toBe('Server Error (500)')
  expect(body).not.toContain('secret')
})

test('what the host refuses is told in its own sentence, since no role can help with it', async () => {
  const door = await openDoor()
  const message = 'this host has no account named root; ask the administrator for one'
  door.workflows.submit = async () => {
    throw new DomainError('forbidden', message, { by: 'host' })
  }
  const { statusCode, body } = await door.call('POST', '/api/file/workflow/', { body: MIGRATE })
  expect([statusCode, JSON.parse(body)]).toEqual([403, { detail: message }])
})
