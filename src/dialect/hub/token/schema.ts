/** The routes about tokens, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const tag = 'auth'
const ACCESS = 'eyJhbGciOiJFZERTQSJ9.eyJ0b2tlbl90eXBlIjoiYWNjZXNzIn0.c2lnbmF0dXJl'
const REFRESH = 'eyJhbGciOiJFZERTQSJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2lnbmF0dXJl'

export const tokenSchema = describe({
  tag,
  id: 'obtainTokens',
  summary: 'Token Obtain Pair',
  about: 'An access token for an hour and a refresh token for a day. Send `Authorization: Bearer ACCESS`.',
  body: bodyLike('Name and password of an account.', { username: 'dfoster', password: 'correct horse battery' }),
  answers: { 200: example('The pair.', { access: ACCESS, refresh: REFRESH }) },
  refusals: [401, 429],
  isOpen: true,
})

export const refreshSchema = describe({
  tag,
  id: 'refreshToken',
  summary: 'Token Refresh',
  body: bodyLike('A refresh token.', { refresh: REFRESH }),
  answers: { 200: example('Another access token.', { access: ACCESS }) },
  refusals: [401],
  isOpen: true,
})

export const verifySchema = describe({
  tag,
  id: 'verifyToken',
  summary: 'Token Verify',
  body: bodyLike('A token of either kind.', { token: ACCESS }),
  answers: { 200: example('It counts.', {}) },
  refusals: [401],
  isOpen: true,
})
