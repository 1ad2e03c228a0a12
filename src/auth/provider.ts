/** Where a password can be right: in our own store, or on the host. */

import type { Clock } from '../base/clock.ts'
import type { User, UserStore } from '../store/store.ts'
import { isUserName } from './accounts.ts'
import { welcome } from './enrol.ts'
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
    const known = await users.get(username)
    return known ?? welcome(users, { name: username, source: 'linux', roles, now: clock.now() })
  }
}
