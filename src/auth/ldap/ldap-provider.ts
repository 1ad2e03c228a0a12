/** Passwords that an LDAP directory knows. */

import type { Clock } from '../../base/clock.ts'
import type { UserStore } from '../../store/store.ts'
import { isUserName } from '../accounts.ts'
import { enrol } from '../enrol.ts'
import type { Provider } from '../provider.ts'
import type { Directory } from './directory.ts'

export interface LdapProviderParts {
  users: UserStore
  directory: Directory
  clock: Pick<Clock, 'now'>
}

/** Who signs in for the first time gets an account with the role user. */
export function ldapProvider({ users, directory, clock }: LdapProviderParts): Provider {
  return async (username, password) => {
    if (!isUserName(username)) return undefined
    const person = await directory.verify(username, password)
    if (!person) return undefined
    const { username: name, fullName, email } = person
    return enrol(users, { name, fullName, email, source: 'ldap', roles: ['user'], now: clock.now() })
  }
}
