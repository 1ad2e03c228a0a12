/** The accounts that the server keeps: what `yardmaster user` does, with the server up or down. */

import { randomInt } from 'node:crypto'
import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'
import type { AccountSource, User, UserStore } from '../store/store.ts'
import { ROLES, type Role } from './caller.ts'
import { rolesAmong } from './level.ts'
import { checkNewPassword, makePassword, type Passwords } from './password.ts'
import { addingProject, addingRole, isProjectName, removingProject, removingRole, settingRoles } from './role-change.ts'

const USER_NAME = /^[A-Za-z_][A-Za-z0-9_.-]{0,63}$/
const LONGEST_TEXT = 200

export interface Account {
  name: string
  fullName: string
  email: string
  roles: Role[]
  projects: readonly string[]
  /** False for an account whose password another knows, or nobody. */
  hasPassword: boolean
  source: AccountSource
  createdAt: number
}

/** Who an account belongs to; what is left out is not known. */
export interface PersonData {
  fullName?: string
  email?: string
  /** Only of a manager, who needs one. */
  projects?: readonly string[]
  /** Who knows the password, for an account that is made before its first sign-in; here where absent. */
  source?: AccountSource
}

/** Every change of password or roles makes the tokens that the account had worthless; projects count at once, in all of them. */
export interface Accounts {
  /**
   * An empty password is for a program's account, which signs in with tokens alone, and for another source's.
   * @throws invalid for a name, password or role that cannot be, conflict when the name is taken
   */
  add(name: string, password: string, roles: readonly string[], person?: PersonData): Promise<void>
  list(): Promise<Account[]>
  /** @throws not_found */
  get(name: string): Promise<Account>
  /** Name and address, as far as they are given. @throws invalid, not_found */
  describe(name: string, person: Pick<PersonData, 'fullName' | 'email'>): Promise<void>
  /** @throws invalid, not_found */
  setPassword(name: string, password: string): Promise<void>
  /** @throws invalid, not_found, conflict for a manager with projects who would be none any more */
  setRoles(name: string, roles: readonly string[]): Promise<void>
  /** @throws invalid, not_found, conflict; in the original's words (spec/cockpit.md 1.11), as the next three */
  addRole(name: string, role: string): Promise<void>
  removeRole(name: string, role: string): Promise<void>
  addProject(name: string, project: string): Promise<void>
  removeProject(name: string, project: string): Promise<void>
  /** @throws not_found */
  remove(name: string): Promise<void>
}

export interface AccountParts {
  users: UserStore
  passwords: Passwords
  clock: Pick<Clock, 'now'>
}

export function createAccounts({ users, passwords, clock }: AccountParts): Accounts {
  const get = async (name: string, doing = '') => {
    const user = await users.get(name)
    if (user) return user
    throw new DomainError('not_found', `${doing}there is no account named ${name}; yardmaster user list shows all`)
  }
  const change = async (name: string, make: (user: User) => Partial<User>, doing?: string) => {
    const user = await get(name, doing)
    await users.replace(changed(user, make(user)), user)
  }
  return {
    async add(name, password, words, person = {}) {
      checkUserName(name)
      const roles = checkRoles(words)
      checkPerson(roles, person)
      const passwordHash = isPasswordless(password, roles, person) ? null : await hashNew(passwords, password)
      await users.insert(newUser(name, { ...person, passwordHash, roles, now: clock.now() }))
    },
    list: async () => (await users.list()).map(showAccount),
    get: async (name) => showAccount(await get(name)),
    async describe(name, person) {
      checkTexts(person)
      await change(name, () => person)
    },
    async setPassword(name, password) {
      const passwordHash = await hashNew(passwords, password)
      await change(name, () => ({ passwordHash }))
    },
    setRoles: async (name, words) => change(name, settingRoles(checkRoles(words))),
    addRole: async (name, role) => change(name, addingRole(role), 'adding role failed: '),
    removeRole: async (name, role) => change(name, removingRole(role), 'removing role failed: '),
    addProject: async (name, project) => change(name, addingProject(project), 'adding project failed: '),
    removeProject: async (name, project) => change(name, removingProject(project), 'removing project failed: '),
    remove: (name) => users.remove(name),
  }
}

function changed(user: User, changes: Partial<User>): User {
  const isSignInSame = changes.roles === undefined && changes.passwordHash === undefined
  return { ...user, ...changes, revision: isSignInSame ? user.revision : newRevision() }
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

export interface NewUser extends PersonData {
  passwordHash: string | null
  roles: readonly Role[]
  now: number
}

export function newUser(name: string, { passwordHash, roles, now, ...person }: NewUser): User {
  const { fullName = '', email = '', projects = [], source = 'local' } = person
  return { name, passwordHash, roles, createdAt: now, revision: newRevision(), fullName, email, projects, source }
}

export function isUserName(name: string): boolean {
  return USER_NAME.test(name)
}

/** Drawn, not counted: an account that is removed and added again must not come back to a number it had. */
export function newRevision(): number {
  return randomInt(1, 2 ** 47)
}

function checkUserName(name: string): void {
  if (isUserName(name)) return
  if (name.length === 0 || name.length > 100)
    throw new DomainError('invalid', 'username must be between 1 and 100 characters')
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

/** The sentences about managers are the original's (spec/cockpit.md 1.13). */
function checkPerson(roles: readonly Role[], person: PersonData): void {
  const { projects = [] } = person
  const isManager = roles.includes('manager')
  if (isManager && projects.length === 0)
    throw new DomainError('invalid', 'managers require a project to manage (can be changed later)')
  if (!isManager && projects.length > 0)
    throw new DomainError('invalid', 'only managers require a project (can be changed later)')
  checkTexts(person)
}

/** @throws invalid */
function checkTexts({ fullName = '', email = '', projects = [] }: PersonData): void {
  const isText = (text: string) => text.length <= LONGEST_TEXT && !/\p{Cc}/u.test(text)
  if (isText(fullName) && isText(email) && projects.every(isProjectName)) return
  throw new DomainError('invalid', `names and addresses have at most ${LONGEST_TEXT} characters, on one line`)
}

/** @throws invalid for a person's account here that has no password */
function isPasswordless(password: string, roles: readonly Role[], { source = 'local' }: PersonData): boolean {
  if (password !== '') return false
  if (source !== 'local' || (roles.length === 1 && roles[0] === 'api')) return true
  throw new DomainError('invalid', 'only API users are allowed to have a blank password (login will be impossible)')
}

async function hashNew(passwords: Passwords, password: string): Promise<string> {
  checkNewPassword(password)
  return passwords.hash(password)
}

function showAccount({ passwordHash, revision: _revision, ...user }: User): Account {
  return { ...user, roles: rolesAmong(user.roles), hasPassword: passwordHash !== null }
}
