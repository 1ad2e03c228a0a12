/** The accounts that the server keeps: what `yardmaster user` does, with the server up or down. */

import { randomInt } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'
import type { User, UserStore } from '../store/store.ts'
import { ROLES, type Role } from './caller.ts'
import { rolesAmong } from './level.ts'
import { checkNewPassword, makePassword, type Passwords } from './password.ts'

const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/

export interface Account {
  name: string
  roles: Role[]
  /** False for an account whose password the host knows. */
  hasPassword: boolean
  createdAt: number
}

/** Every change makes the tokens that the account had worthless. */
export interface Accounts {
  /** @throws invalid for a name, password or role that cannot be, conflict when the name is taken */
  add(name: string, password: string, roles: readonly string[]): Promise<void>
  list(): Promise<Account[]>
  /** @throws invalid, not_found */
  setPassword(name: string, password: string): Promise<void>
  /** @throws invalid, not_found */
  setRoles(name: string, roles: readonly string[]): Promise<void>
  /** @throws not_found */
  remove(name: string): Promise<void>
}

export interface AccountParts {
  users: UserStore
  passwords: Passwords
  clock: Pick<Clock, 'now'>
}

export function createAccounts({ users, passwords, clock }: AccountParts): Accounts {
  const change = async (name: string, changes: Partial<User>) => {
    const user = await users.get(name)
    if (!user) throw new DomainError('not_found', `there is no account named ${name}; yardmaster user list shows all`)
    await users.replace({ ...user, ...changes, revision: newRevision() })
  }
  return {
    async add(name, password, words) {
      checkUserName(name)
      checkNewPassword(password)
      const roles = checkRoles(words)
      await users.insert(newUser(name, { passwordHash: await passwords.hash(password), roles, now: clock.now() }))
    },
    async list() {
      return (await users.list()).map(showAccount)
    },
    async setPassword(name, password) {
      checkNewPassword(password)
      await change(name, { passwordHash: await passwords.hash(password) })
    },
    setRoles: async (name, words) => change(name, { roles: checkRoles(words) }),
    remove: (name) => users.remove(name),
  }
}

/**
 * On a server without accounts, an administrator with a made password, which is answered once and kept nowhere: print it
 * to the terminal only. Undefined where there are accounts.
 */
export async function ensureFirstAccount(
  parts: AccountParts,
  name: string,
): Promise<{ name: string; password: string } | undefined> {
  if ((await parts.users.list()).length > 0) return undefined
  const password = makePassword()
  await createAccounts(parts).add(name, password, ['admin'])
  return { name, password }
}

export function newUser(
  name: string,
  { passwordHash, roles, now }: { passwordHash: string | null; roles: readonly Role[]; now: number },
): User {
  const person = { fullName: '', email: '', projects: [], source: 'local' } as const
  return { name, passwordHash, roles, createdAt: now, revision: newRevision(), ...person }
}

export function isUserName(name: string): boolean {
  return USER_NAME.test(name)
}

/** Drawn, not counted: an account that is removed and added again must not come back to a number it had. */
function newRevision(): number {
  return randomInt(1, 2 ** 47)
}

function checkUserName(name: string): void {
  if (isUserName(name)) return
  throw new DomainError(
    'invalid',
    `${JSON.stringify(name)} cannot be a user name: write letters, digits and _ . -, at most 64, not beginning with a digit`,
  )
}

function checkRoles(words: readonly string[]): Role[] {
  const unknown = words.find((word) => !ROLES.includes(word as Role))
  if (unknown === undefined && words.length > 0) return rolesAmong(words)
  const meant = unknown && nearestOf(unknown, ROLES)
  const what = unknown === undefined ? 'an account needs a role' : `there is no role ${JSON.stringify(unknown)}`
  throw new DomainError(
    'invalid',
    `${what}${meant ? `; did you mean ${meant}?` : ''}; the roles are ${ROLES.join(', ')}`,
  )
}

function showAccount({ name, roles, passwordHash, createdAt }: User): Account {
  return { name, roles: rolesAmong(roles), hasPassword: passwordHash !== null, createdAt }
}
