import { expect, test } from 'vitest'
import { isStranger, sentenceOf } from '../../../../src/cli/ngclient/hub/refusal.ts'

const said = (body: unknown) => sentenceOf(JSON.stringify(body), 400, 'http://hub')

test('messages about the whole are said as they are', () => {
  expect(said({ detail: 'Not found.' })).toBe('Not found.')
  expect(said({ detail: 'Token is expired', code: 'token_not_valid', messages: [{ message: 'x' }] })).toBe(
    'Token is expired',
  )
  expect(said({ non_field_errors: ['Invalid data.'] })).toBe('Invalid data.')
})

test('messages about a field name it, however deep it stands', () => {
  expect(said({ site: ['Object with name=x does not exist.'] })).toBe('site: Object with name=x does not exist.')
  expect(said({ fields: { hydrate: ['Must be a valid boolean.'] }, paths: ['This list may not be empty.'] })).toBe(
    'fields.hydrate: Must be a valid boolean. paths: This list may not be empty.',
  )
})

test('a page that is none of the hub is told by its status', () => {
  for (const text of ['<html>Bad gateway</html>', '', '[]', '"x"', '{}', 'null']) {
    expect(sentenceOf(text, 502, 'http://hub')).toBe('the answer was HTTP 502; is http://hub the address of a hub?')
  }
})

test('what another server says is told, with the doubt that it is a hub', () => {
  const cockpit = JSON.stringify({ error: 'no user for secured check', status: 'Unauthorized' })
  expect(sentenceOf(cockpit, 401, 'http://hub')).toMatch(
    /no user for secured check.*; is http:\/\/hub the address of a hub\?$/,
  )
  expect(isStranger(cockpit, 401)).toBe(false)
  expect(isStranger(JSON.stringify({ detail: 'Authentication credentials were not provided.' }), 401)).toBe(true)
})
