/** The routes about client keys, described. */

import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'auth'
const ID = { id: 'The number of the key.' }
const SHOWN = {
  url: 'http://localhost:8000/api/auth/clientkeys/1/',
  id: 1,
  name: 'my_automation_key',
  user: 'dfoster',
  prefix: 'Tz4rQb0K',
  created: '2026-11-21T09:00:00.000000Z',
  active: true,
  last_used: '2026-11-21T10:30:00.000000Z',
  expiry_date: null,
  revoked: null,
}
const BODY = bodyLike(
  'A name of at most 50 characters; `expiry_date` where it shall end by itself.',
  { name: 'my_automation_key' },
  { name: 'for_the_move', expiry_date: '2026-12-31T00:00:00Z' },
)

export const keysSchema = describe({
  tag,
  id: 'listClientKeys',
  summary: 'Client Key List',
  about:
    "One's own; an administrator sees everybody's. `api_key` is never shown again. `last_used` is right to the minute.",
  query: {
    user: 'Only of this account.',
    active: '`true` for those that count; `false` for revoked and ended ones. Without it, all that are not revoked.',
    ...PAGING,
  },
  answers: { 200: pageOf('Newest first.', SHOWN) },
  refusals: [404],
})

export const createKeySchema = describe({
  tag,
  id: 'createClientKey',
  summary: 'Make a client key',
  about: 'With a token, not with another key. Send `Authorization: Api-Key KEY`; it is valid until it is revoked.',
  body: BODY,
  answers: {
    201: example('The only time that the key is shown.', {
      url: SHOWN.url,
      id: 1,
      name: SHOWN.name,
      api_key: 'Tz4rQb0K.pJ1m0e8qkT5nWc2vY7sUaL9dXh3gRf6B',
    }),
  },
  refusals: [403],
})

export const keySchema = describe({
  tag,
  id: 'getClientKey',
  summary: 'Client Key Instance',
  path: ID,
  answers: { 200: example('Without the key itself.', SHOWN) },
  refusals: [404],
})

export const replaceKeySchema = describe({
  tag,
  id: 'replaceClientKey',
  summary: 'Rename a client key, and set its end',
  path: ID,
  body: BODY,
  answers: { 200: example('The key.', SHOWN) },
  refusals: [404],
})

export const changeKeySchema = describe({
  tag,
  id: 'changeClientKey',
  summary: 'Change name or end of a client key',
  path: ID,
  body: bodyLike('What changes.', { expiry_date: null }),
  answers: { 200: example('The key.', SHOWN) },
  refusals: [404],
})

export const removeKeySchema = describe({
  tag,
  id: 'revokeClientKey',
  summary: 'Revoke a client key',
  about: 'At once, and for ever.',
  path: ID,
  answers: { 204: noAnswer('It is revoked.') },
  refusals: [404],
})
