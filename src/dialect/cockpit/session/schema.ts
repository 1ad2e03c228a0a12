/** The routes of signing in and of what belongs to one's own account, described. */

import type { FastifySchema } from 'fastify'
import Type from 'typebox'
import { example, noAnswer, textAnswer } from '../../../http/operation.ts'
import { describe } from '../schema.ts'

const tag = 'session'
const FORM = ['application/x-www-form-urlencoded']

/** Nothing is needed to come in here. */
function open(schema: FastifySchema): FastifySchema {
  return { ...schema, security: [] }
}

export const loginPageSchema = open(
  describe({
    tag,
    id: 'loginPage',
    summary: 'The page to sign in on',
    query: { redirect: 'A path of this server.' },
    answers: { 200: textAnswer('HTML.', '<!doctype html>') },
  }),
)

export const loginSchema = open(
  describe({
    tag,
    id: 'login',
    summary: 'Open a session with a password',
    consumes: FORM,
    body: Type.Object({ username: Type.String(), password: Type.String(), redirect: Type.Optional(Type.String()) }),
    answers: { 302: noAnswer('Signed in; the cookie `session` is set.') },
    refusals: [401, 503],
  }),
)

export const logoutSchema = open(
  describe({ tag, id: 'logout', summary: 'End the session', answers: { 302: noAnswer('To the sign-in page.') } }),
)

export const jwtLoginSchema = open(
  describe({
    tag,
    id: 'jwtLogin',
    summary: 'Open a session with a token',
    about: 'The token of `Authorization`, `X-Auth-Token` or of the query.',
    query: { 'login-token': 'A token.', redirect: 'A path of this server.' },
    answers: { 302: noAnswer('Signed in; the cookie `session` is set.') },
    refusals: [401, 503],
  }),
)

export const openIdSchema = open(
  describe({
    tag,
    id: 'oidcLogin',
    summary: "Sign in at the organisation's provider",
    answers: { 302: noAnswer('To the provider.') },
    refusals: [404, 503],
  }),
)

export const openIdCallbackSchema = open(
  describe({
    tag,
    id: 'oidcCallback',
    summary: 'Where the provider sends people back to',
    answers: { 302: noAnswer('Signed in.') },
    refusals: [401, 404, 503],
  }),
)

export const jwtSchema = describe({
  tag,
  id: 'createJwt',
  summary: 'A token for programs',
  query: { username: 'Oneself, or for administrators anybody.' },
  answers: { 200: textAnswer('The token.', 'eyJhbGciOiJFZERTQSJ9...') },
  refusals: [401, 403, 404, 503],
})

export const setPreferenceSchema = describe({
  tag,
  id: 'setConfiguration',
  summary: 'Keep a setting of the console for oneself',
  consumes: FORM,
  body: Type.Object({ key: Type.String(), value: Type.String() }),
  answers: { 200: textAnswer('It is kept.', 'success') },
  refusals: [400, 401, 403, 503],
})

export const preferencesSchema = describe({
  tag,
  id: 'getConfiguration',
  summary: "One's own settings of the console",
  answers: { 200: example('By key.', { plotConfiguration_plotsPerRow: '3' }) },
  refusals: [401, 503],
})

export const logsSchema = describe({
  tag,
  id: 'getLogs',
  summary: 'The last lines of the log',
  query: {
    since: 'Unix seconds, or a time such as 1h.',
    lines: 'At most so many, up to 1000; 200 where absent.',
    level: '0 (emergencies alone) to 7 (everything).',
    search: 'A part of the line.',
  },
  answers: {
    200: example('The newest last.', [
      { timestamp: '2026-11-21T09:00:00.000Z', priority: 6, message: 'signed in', unit: 'yardmaster' },
    ]),
  },
  refusals: [400, 401, 403],
})
