/** An account as clients read it: never anything of its password (spec/cockpit.md 1.11). */

import type { Account } from '../../../auth/accounts.ts'

/** The original's numbers; a host's own password is as local as one of ours. */
const SOURCES: Readonly<Record<Account['source'], number>> = { local: 0, linux: 0, ldap: 1, token: 2, oidc: 3 }

export function showAccount({ name, fullName, email, roles, projects, source }: Account): object {
  return { username: name, name: fullName, email, roles, projects, authType: 0, authSource: SOURCES[source] }
}

/** Whether an account is more than a plain user. */
export function isNotJustUser({ roles }: Account): boolean {
  return !(roles.length === 1 && roles[0] === 'user')
}
