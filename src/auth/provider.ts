/** Where a password can be right: in our own store, or on the host. */

import type { Clock } from '../base/clock.ts'
import { isDomainError } from '../base/errors.ts'
import type { User, UserStore } from '../store/store.ts'
import { isUserName, newUser } from './accounts.ts'
import type { LinuxAccounts } from './linux-account.ts'
import type { Passwords } from './password.ts'

/** The account, or undefined when the password is not right here; which of the two it was shows neither in time nor in words. */
export type Provider = (username: string, password: string) => Promise<User | undefined>

export function localProvider(users: UserStore, passwords: Passwords): Provider {
  return async (username, password) => {
    const user = isUserName(username) ? await users.get(username) : undefined
    const isRight = await passwords.verify(user?.passwordHash ?? null, password)
    return isRight ? user : undefined
  }
}

export interface LinuxProviderParts {
  users: UserStore
  accounts: LinuxAccounts
  /** The server's own account, an administrator as root is. */
  ownName: string
  clock: Pick<Clock, 'now'>
}

/** Who signs in for the first time gets an account here, without a password of its own. */
export function linuxProvider({ users, accounts, ownName, clock }: LinuxProviderParts): Provider {
  return async (username, password) => {
    if (!isUserName(username) || !(await accounts.verify(username, password))) return undefined
    const isAdmin = username === 'root' || username === ownName
    const roles = [isAdmin ? 'admin' : 'user'] as const
    return (
      (await users.get(username)) ?? welcome(users, newUser(username, { passwordHash: null, roles, now: clock.now() }))
    )
  }
}

async function welcome(users: UserStore, user: User): Promise<User | undefined> {
  try {
    await users.insert(user)
    return user
  } catch (error) {
    // The same person came in twice at once.
    if (isDomainError(error, 'conflict')) return users.get(user.name)
    throw error
  }
}
