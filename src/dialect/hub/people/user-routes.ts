/** Accounts: oneself for everybody, all for administrators (spec/hub.md 2.7). */

import type { Account, Accounts, PersonData } from '../../../auth/accounts.ts'
import { ROLES, reaches } from '../../../auth/caller.ts'
import { type DomainError, isDomainError } from '../../../base/errors.ts'
import { choice, type Field, list, optional, text, Wrong } from '../body/field.ts'
import { type Read, readFields, readSome } from '../body/fields.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound, notPermitted, withDetail, withField } from '../manners/refused.ts'
import { showTime } from '../manners/time.ts'
import type { Asked, Route } from '../route.ts'
import { createUserSchema, patchUserSchema, removeUserSchema, userSchema, usersSchema } from './schema.ts'

const line = text({ maxLength: 200, mayBeBlank: true })
const email: Field<string> = {
  ...line,
  type: 'email',
  read(value) {
    const given = line.read(value)
    if (given !== '' && !/^[^\s@]+@[^\s@]+$/.test(given)) throw new Wrong('Enter a valid email address.')
    return given
  },
}
const PERSON = { name: optional(line), email: optional(email) }
const RIGHTS = { roles: optional(list(choice(ROLES))), password: optional(text({ maxLength: 4096, isExact: true })) }
const CHANGES = { ...PERSON, ...RIGHTS }
const NEW_USER = {
  username: text({ maxLength: 64, form: /^[A-Za-z_][A-Za-z0-9_.-]*$/ }),
  ...PERSON,
  roles: RIGHTS.roles,
  password: text({ maxLength: 4096, isExact: true }),
}

const model = 'User'
const path = '/users/:name/'

export function userRoutes(accounts: Accounts): Route[] {
  return [
    ...readRows(accounts),
    {
      method: 'POST',
      path: '/users/',
      schema: createUserSchema,
      fields: NEW_USER,
      async handle(request, reply) {
        permitAdministrator(request)
        const { username, password, roles = ['user'], ...person } = readFields(request, NEW_USER)
        await asked('username', () => accounts.add(username, password, roles, personOf(person)))
        return sendCreated(reply, showUser(await accounts.get(username), linksOf(request)))
      },
    },
    {
      method: 'PATCH',
      path,
      schema: patchUserSchema,
      fields: CHANGES,
      model,
      async handle(request, reply) {
        const { name } = await find(accounts, request)
        await change(accounts, request, name, readSome(request, CHANGES))
        return send(reply, showUser(await accounts.get(name), linksOf(request)))
      },
    },
    {
      method: 'DELETE',
      path,
      schema: removeUserSchema,
      model,
      async handle(request, reply) {
        permitAdministrator(request)
        const { name } = await find(accounts, request)
        if (name === request.caller.user) throw withDetail(400, 'Nobody removes the account that he came with.')
        await accounts.remove(name)
        return sendNothing(reply)
      },
    },
  ]
}

function readRows(accounts: Accounts): Route[] {
  return [
    {
      method: 'GET',
      path: '/users/',
      schema: usersSchema,
      async handle(request, reply) {
        const links = linksOf(request)
        const seen = await seenBy(accounts, request)
        return send(reply, await inMemoryPages(request, seen, (user) => showUser(user, links)))
      },
    },
    {
      method: 'GET',
      path,
      schema: userSchema,
      model,
      handle: async (request, reply) => send(reply, showUser(await find(accounts, request), linksOf(request))),
    },
  ]
}

async function seenBy(accounts: Accounts, { caller }: Asked): Promise<Account[]> {
  const all = await accounts.list()
  return reaches(caller, 'admin') ? all : all.filter(({ name }) => name === caller.user)
}

/** @throws Refused with 404, also for another whom the caller does not see */
async function find(accounts: Accounts, request: Asked): Promise<Account> {
  const name = request.params.name === 'me' ? request.caller.user : request.params.name
  const user = (await seenBy(accounts, request)).find((each) => each.name === name)
  if (!user) throw notFound(model)
  return user
}

/** A key that got out must not be good for accounts that outlive its revocation. */
function permitAdministrator({ caller, clientKey }: Asked): void {
  if (clientKey !== '' || !reaches(caller, 'admin')) throw notPermitted()
}

type Changes = Partial<Read<typeof CHANGES>>

async function change(accounts: Accounts, request: Asked, user: string, changes: Changes): Promise<void> {
  const { roles, password, ...person } = changes
  if (roles !== undefined || password !== undefined) permitAdministrator(request)
  if (roles !== undefined && !roles.includes('admin') && user === request.caller.user)
    throw withField('roles', 'Nobody takes the role admin from himself.')
  if (person.name !== undefined || person.email !== undefined) await accounts.describe(user, personOf(person))
  if (roles !== undefined) await asked('roles', () => accounts.setRoles(user, roles))
  if (password !== undefined) await asked('password', () => accounts.setPassword(user, password))
}

function personOf({ name, email }: Partial<Read<typeof PERSON>>): Pick<PersonData, 'fullName' | 'email'> {
  return { ...(name !== undefined && { fullName: name }), ...(email !== undefined && { email }) }
}

/** What is refused is said of `field`, or of the password that it is about. */
async function asked(field: string, act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (isDomainError(error, 'conflict') && field === 'username')
      throw withField(field, 'A user with that username already exists.')
    if (isDomainError(error, 'conflict') || isDomainError(error, 'invalid')) throw about(field, error)
    throw error
  }
}

function about(field: string, { message }: DomainError) {
  if (message.startsWith('a password')) return withField('password', message)
  return withField(/managers?\b/.test(message) ? 'roles' : field, message)
}

function showUser({ name, fullName, email, roles, createdAt }: Account, links: LinkTo) {
  const isAdmin = roles.includes('admin')
  return {
    url: links(`/users/${encodeURIComponent(name)}/`),
    username: name,
    name: fullName,
    email,
    roles,
    groups: [isAdmin ? 'Administrators' : 'Users'],
    is_admin: isAdmin,
    created: showTime(createdAt),
  }
}
