/** Accounts, for programs of administrators (spec/cockpit.md 1.11). */

import type { Accounts } from '../../../auth/accounts.ts'
import type { Caller } from '../../../auth/caller.ts'
import { mayManageUsers } from '../../../auth/record-rights.ts'
import { DomainError } from '../../../base/errors.ts'
import { sendJson } from '../answer.ts'
import { readBody } from '../body/document.ts'
import { firstOf, type Query } from '../query.ts'
import type { Route } from '../route.ts'
import { CHANGE_BODY, changeAccount } from './read.ts'
import { userSchema, usersSchema } from './schema.ts'
import { isNotJustUser, showAccount } from './show.ts'

export function userRoutes(accounts: Accounts): Route[] {
  return [
    {
      methods: ['GET'],
      path: '/users/',
      schema: usersSchema,
      async handle({ caller, query }, reply) {
        requireAdmin(caller, 'only admins are allowed to fetch a list of users')
        return sendJson(reply, await listAccounts(accounts, query))
      },
    },
    {
      methods: ['POST'],
      path: '/user/:id',
      schema: userSchema,
      async handle({ caller, params, body }, reply) {
        requireAdmin(caller, 'only admins are allowed to update a user')
        const changes = readBody(body, CHANGE_BODY, 'decoding request failed')
        const done = await changeAccount(accounts, params.id!, changes)
        return sendJson(reply, { msg: `${done} for user ${params.id}` })
      },
    },
  ]
}

export async function listAccounts(accounts: Accounts, query: Query): Promise<object[]> {
  const all = await accounts.list()
  const wanted = firstOf(query, 'not-just-user') === 'true' ? all.filter(isNotJustUser) : all
  return wanted.map(showAccount)
}

/** @throws forbidden */
export function requireAdmin(caller: Caller, sentence: string): void {
  if (!mayManageUsers(caller)) throw new DomainError('forbidden', sentence)
}
