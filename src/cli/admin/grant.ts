/** Tokens made from the data directory itself: its owner holds the key, so nothing more is asked. */

import type { Role } from '../../auth/caller.ts'
import { rolesAmong } from '../../auth/level.ts'
import { createTokens } from '../../auth/token.ts'
import { loadTokenKey } from '../../auth/token-key.ts'
import { DomainError } from '../../base/errors.ts'
import { clock, withStore } from './data-directory.ts'

export interface Grant {
  name: string
  /** Fewer than the account has; absent for all of them. */
  roles?: readonly string[]
  /** Infinity for one without an end. */
  lifetimeMs: number
}

/** `expiresAt` is Infinity for one without an end. @throws not_found for an unknown account, forbidden for a role that it does not have */
export function grantToken(dataDir: string, grant: Grant): Promise<{ token: string; expiresAt: number }> {
  return withStore(dataDir, async ({ users, settings }) => {
    const user = await users.get(grant.name)
    if (!user) {
      throw new DomainError('not_found', `there is no account named ${grant.name}; yardmaster user list shows all`)
    }
    const roles = narrowed(rolesAmong(user.roles), grant)
    const tokens = createTokens(await loadTokenKey(settings, process.env), clock)
    const expiresAt = clock.now() + grant.lifetimeMs
    return { token: await tokens.sign({ user: user.name, roles, revision: user.revision, expiresAt }), expiresAt }
  })
}

function narrowed(has: readonly Role[], { name, roles }: Grant): readonly Role[] {
  if (roles === undefined) return has
  const missing = roles.find((role) => !has.includes(role as Role))
  if (missing === undefined) return rolesAmong(roles)
  throw new DomainError('forbidden', `${name} does not have the role ${missing}, only ${has.join(', ')}`)
}
