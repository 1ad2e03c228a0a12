/** What does not fit is refused in the words of Django REST framework 3.18 and django-filter 26, printed by these. */

import { expect, test } from 'vitest'
import {
  choice,
  type Field,
  flag,
  integer,
  list,
  optional,
  related,
  text,
  time,
} from '../../../src/dialect/hub/body/field.ts'
import { readFields } from '../../../src/dialect/hub/body/fields.ts'
import { MIGRATE, openDoor, submitted } from './door.ts'

const FIELDS: Readonly<Record<string, Field<unknown>>> = {
  text: text({ maxLength: 10 }),
  pattern: text({ form: /^\S+$/ }),
  integer: integer({ least: 1, most: 100 }),
  flag,
  choice: choice(['a', 'b']),
  time,
  list: list(text({ maxLength: 5 })),
  site: related(['one']),
}

function refusalOf(key: string, value: string): unknown {
  const request = { body: Buffer.from(`{"${key}":${value}}`), bodyType: 'application/json', caller: {} }
  try {
    return readFields(request as never, { [key]: optional(FIELDS[key]!) })[key]
  } catch (error) {
    return (error as { body: Record<string, unknown> }).body[key]
  }
}

const FORM =
  'Datetime has wrong format. Use one of these formats instead: YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z].'
const WORDS: readonly (readonly [key: string, value: string, said: unknown])[] = [
  ['text', 'null', ['This field may not be null.']],
  ['text', '" "', ['This field may not be blank.']],
  ['text', 'true', ['Not a valid string.']],
  ['text', '{}', ['Not a valid string.']],
  ['text', '7', '7'],
  ['text', '"abcdefghijk"', ['Ensure this field has no more than 10 characters.']],
  ['text', '"\\u0000"', ['Null characters are not allowed.']],
  ['text', '"\\ud800"', ['Surrogate characters are not allowed: U+D800.']],
  ['pattern', '"a b"', ['This value does not match the required pattern.']],
  ['integer', '"1.0"', 1],
  ['integer', '" 7 "', 7],
  ['integer', '1.5', ['A valid integer is required.']],
  ['integer', '"x"', ['A valid integer is required.']],
  ['integer', '0', ['Ensure this value is greater than or equal to 1.']],
  ['integer', '99999999999999999999', ['Ensure this value is less than or equal to 100.']],
  ['flag', '"on"', true],
  ['flag', '"null"', ['Must be a valid boolean.']],
  ['flag', '[]', ['Must be a valid boolean.']],
  ['choice', '"c"', ['"c" is not a valid choice.']],
  ['choice', 'true', ['"True" is not a valid choice.']],
  ['choice', '[]', ['"[]" is not a valid choice.']],
  ['choice', '["a", null, 1, true, {}]', ['"[\'a\', None, 1, True, {}]" is not a valid choice.']],
  ['choice', '{"a": "it\'s"}', ['"{\'a\': "it\'s"}" is not a valid choice.']],
  ['time', '"2025-01-01T00:00:00.1234567Z"', Date.UTC(2025, 0, 1, 0, 0, 0, 123)],
  ['time', '"2025-02-30T00:00:00Z"', [FORM]],
  ['time', '"now"', [FORM]],
  ['list', '"x"', ['Expected a list of items but got type "str".']],
  ['list', '[]', ['This list may not be empty.']],
  [
    'list',
    '["a", null, "toolong"]',
    { 1: ['This field may not be null.'], 2: ['Ensure this field has no more than 5 characters.'] },
  ],
  ['site', '"two"', ['Object with name=two does not exist.']],
  ['site', '["one"]', ["Object with name=['one'] does not exist."]],
  ['site', '""', ['This field may not be null.']],
]

test.each(WORDS)('%s %s', (key, value, said) => {
  expect(refusalOf(key, value)).toEqual(said)
})

test('all that is wrong with a submission is said at once, names that are none too', async () => {
  const { call } = await openDoor()
  const refusal = async (body: unknown) => (await call('POST', '/api/file/workflow/', { body })).json()
  expect(await refusal({ paths: 'x', site: 'nosite', workflow: 'nothing', discovery: 'foo' })).toEqual({
    workflow: ['Object with name=nothing does not exist.'],
    paths: ['Expected a list of items but got type "str".'],
    site: ['Object with name=nosite does not exist.'],
    discovery: ['"foo" is not a valid choice.'],
  })
  expect(await refusal('null')).toEqual({ non_field_errors: ['No data provided'] })
  expect(await refusal([])).toEqual({ non_field_errors: ['Invalid data. Expected a dictionary, but got list.'] })
  expect(await refusal(`{"fields": {"n": 1e400}}`)).toEqual({ detail: expect.stringMatching(/^Out of range float/) })
  expect((await call('POST', '/api/file/workflow/', { body: { ...MIGRATE, workflow: 'Pre-stage' } })).json().type).toBe(
    'premigrate',
  )
})

test('all that is wrong with the parameters of a list is said at once; what nobody knows is passed over', async () => {
  const door = await openDoor()
  await submitted(door)
  const list = async (query: string) => {
    const { statusCode, body } = await door.call('GET', `/api/jobs/?${query}`)
    return statusCode === 200 ? JSON.parse(body).count : JSON.parse(body)
  }
  const choiceOf = (word: string) => [`Select a valid choice. ${word} is not one of the available choices.`]
  expect(await list('state=SUCCESS&state=foo&created_after=1&id=x')).toEqual({
    id: ['Enter a number.'],
    state: choiceOf('foo'),
    created_after: ['Enter a valid date/time.'],
  })
  expect(await list('site=%00')).toEqual({ site: ['Null characters are not allowed.'] })
  expect(await list('created_before=2025-02-30')).toEqual({ created_before: ['Enter a valid date/time.'] })
  for (const [query, count] of [
    ['id=1', 1],
    ['id=-1', 0],
    ['id=1.0', 1],
    ['nothing=1&ordering=nothing', 1],
    ['state=&site=', 1],
    ['format=yaml&format=json', 1],
  ] as const)
    expect([query, await list(query)]).toEqual([query, count])
})

test('a number that a path cannot hold is not found by name, and an address that cannot be read is said to be one', async () => {
  const { call } = await openDoor()
  const ask = async (id: string) => {
    const { statusCode, body } = await call('GET', `/api/jobs/${id}/`)
    return [statusCode, JSON.parse(body).detail]
  }
  for (const id of ['-1', '999', '9223372036854775808', '9'.repeat(100)])
    expect([id, await ask(id)]).toEqual([id, [404, 'No Job matches the given query.']])
  for (const id of ['x', '1e9', '1.0', '%00', '0x1', '%20'])
    expect([id, await ask(id)]).toEqual([id, [404, 'Not found.']])
  expect(await ask('%ff')).toEqual([400, expect.stringMatching(/^the path cannot be read/)])
})

test('links have the name that a believed proxy passes on, and nobody else’s', async () => {
  const linkOf = async (trustedProxies: string[], headers: Record<string, string>) => {
    const { call } = await openDoor({ trustedProxies })
    const { results } = (await call('GET', '/api/sites/', { headers: { host: 'inner:8000', ...headers } })).json()
    return results[0].url
  }
  const forwarded = { 'x-forwarded-host': 'evil, hub.example.org', 'x-forwarded-proto': 'https' }
  expect(await linkOf(['127.0.0.1'], forwarded)).toBe('https://hub.example.org/api/sites/1/')
  expect(await linkOf(['192.0.2.0/24'], forwarded)).toBe('https://inner:8000/api/sites/1/')
  expect(await linkOf(['127.0.0.1'], { 'x-forwarded-host': 'a"b' })).toBe('http://inner:8000/api/sites/1/')
})

test('settings are read as forms send them too, and refused in the same words', async () => {
  const { call } = await openDoor()
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const sent = await call('PATCH', '/api/configurations/', { body: 'jobs_ttl=7&schedules_enabled=off', headers })
  expect([sent.statusCode, sent.json()]).toMatchObject([200, { jobs_ttl: 7, schedules_enabled: false }])
  const refusal = async (body: unknown) => (await call('PATCH', '/api/configurations/', { body })).json()
  expect(await refusal({ jobs_ttl: null, stat_timeout: 'x', schedules_enabled: 'maybe' })).toEqual({
    jobs_ttl: ['This field may not be null.'],
    stat_timeout: ['A valid integer is required.'],
    schedules_enabled: ['Must be a valid boolean.'],
  })
})

test('a definition whose rules are no objects is told what they are', async () => {
  const { call } = await openDoor()
  const body = { name: 'x', label: 'X', icon_classes: [], fields: [7], filter_rules: ['x'] }
  expect((await call('POST', '/api/workflows/', { body })).json()).toEqual({
    fields: { 0: ['Expected a dictionary of items but got type "int".'] },
    filter_rules: { 0: ['Expected a dictionary of items but got type "str".'] },
  })
})
