/** Accounts for people whom another party vouches for: the host, a directory, an OpenID provider. */

import type { Instant } from '../base/clock.ts'
import { isDomainError } from '../base/errors.ts'
import type { AccountSource, User, UserStore } from '../store/store.ts'
import { newUser } from './accounts.ts'
import type { Role } from './caller.ts'

export interface Newcomer {
  name: string
  source: AccountSource
  roles: readonly Role[]
  fullName?: string
  email?: string
  now: Instant
}

/** Makes the account, or answers the one that is there already. */
export async function welcome(users: UserStore, { name, ...facts }: Newcomer): Promise<User> {
  const user = newUser(name, { passwordHash: null, ...facts })
  try {
    await users.insert(user)
    return user
  } catch (error) {
    // The same person came in twice at once.
    const present = isDomainError(error, 'conflict') ? await users.get(name) : undefined
    if (present) return present
    throw error
  }
}

/**
 * The account of somebody whom `source` vouches for, made at the first time and kept up to date with what it says of the
 * person. Undefined when the name belongs to an account of another source: whoever may give out names there must not get
 * at the accounts of here.
 */
export async function enrol(users: UserStore, newcomer: Newcomer): Promise<User | undefined> {
  const user = (await users.get(newcomer.name)) ?? (await welcome(users, newcomer))
  if (user.source !== newcomer.source) return undefined
  const { fullName = user.fullName, email = user.email } = newcomer
  if (fullName === user.fullName && email === user.email) return user
  try {
    await users.replace({ ...user, fullName, email }, user)
  } catch (error) {
    // Somebody took a role away, or the account, at the same moment; the name can wait for the next time.
    if (!isDomainError(error, 'conflict') && !isDomainError(error, 'not_found')) throw error
  }
  return users.get(user.name)
}
