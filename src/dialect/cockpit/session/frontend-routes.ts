/** What a signed-in person may ask for himself: a token, his settings of the console, and the log as an administrator (spec/cockpit.md 1.13). */

import type { Browser } from '../../../auth/browser/browser.ts'
import type { Clock } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import type { LogRing } from '../../../base/log-ring.ts'
import { parseTimespec } from '../../../base/timespec.ts'
import { sendJson, sendText } from '../answer.ts'
import { readForm } from '../body/form.ts'
import { readInteger } from '../number.ts'
import { firstOf, type Query } from '../query.ts'
import type { Route } from '../route.ts'
import { requireAdmin } from '../user/routes.ts'
import { sessionIn } from './cookie.ts'
import { jwtSchema, logsSchema, preferencesSchema, setPreferenceSchema } from './schema.ts'

export interface Preferences {
  preferences(name: string): Promise<Readonly<Record<string, string>>>
  setPreference(name: string, key: string, value: string): Promise<void>
}

export interface FrontendParts {
  browser: Browser
  preferences: Preferences
  logs: LogRing
  clock: Pick<Clock, 'now'>
}

export function frontendRoutes({ browser, preferences, logs, clock }: FrontendParts): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/jwt/',
      schema: jwtSchema,
      async handle(request, reply) {
        const username = firstOf(request.query, 'username') || request.caller.user
        return sendText(reply, await browser.issueToken(sessionIn(request)!, username))
      },
    },
    {
      methods: ['POST'],
      path: '/configuration/',
      schema: setPreferenceSchema,
      async handle(request, reply) {
        const form = readForm(request)
        await preferences.setPreference(request.caller.user, ...readPreference(form.get('key'), form.get('value')))
        return sendText(reply, 'success')
      },
    },
    {
      methods: ['GET'],
      path: '/configuration/',
      schema: preferencesSchema,
      handle: async ({ caller }, reply) => sendJson(reply, await preferences.preferences(caller.user)),
    },
    {
      methods: ['GET'],
      path: '/logs/',
      schema: logsSchema,
      async handle({ caller, query }, reply) {
        requireAdmin(caller, 'only admins are allowed to view logs')
        return sendJson(reply, logs.read(readLogRequest(query, clock.now())))
      },
    },
  ]
}

const LONGEST_KEY = 200
const LONGEST_VALUE = 10_000

/** @throws invalid */
function readPreference(key: string, value: string): [string, string] {
  if (key === '' || key.length > LONGEST_KEY)
    throw new DomainError('invalid', `key must have 1 to ${LONGEST_KEY} characters`)
  if (value.length > LONGEST_VALUE)
    throw new DomainError('invalid', `value must have at most ${LONGEST_VALUE} characters`)
  return [key, value]
}

const STANDARD_LINES = 200
const MOST_LINES = 1000

/** @throws invalid, naming the parameter */
function readLogRequest(query: Query, now: number) {
  return {
    lines: readBetween(query, 'lines', { from: 1, to: MOST_LINES, standard: STANDARD_LINES }),
    priority: readBetween(query, 'level', { from: 0, to: 7, standard: 7 }),
    search: firstOf(query, 'search') ?? '',
    since: readSince(firstOf(query, 'since') ?? '', now),
  }
}

function readBetween(query: Query, name: string, bounds: { from: number; to: number; standard: number }): number {
  const text = firstOf(query, name)
  if (text === undefined || text === '') return bounds.standard
  const number = /^\d{1,9}$/.test(text) ? readInteger(text) : Number.NaN
  if (number >= bounds.from && number <= bounds.to) return number
  throw new DomainError('invalid', `invalid '${name}' parameter`)
}

/** Of so many digits it is a time since 1970 and not an age. */
const UNIX_DIGITS = 8

function readSince(text: string, now: number): number {
  if (text === '') return 0
  if (/^\d+$/.test(text) && text.length > UNIX_DIGITS) return readInteger(text) * 1000
  return now - parseTimespec(text.slice(0, 100), 'since')
}
