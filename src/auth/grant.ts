/** A token without a sign-in, given by whoever may read the store: `yardmaster token`. */

import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { UserStore } from '../store/store.ts'
import { rolesAmong } from './level.ts'
import type { Tokens } from './token.ts'

export interface Grant {
  name: string
  /** Fewer than the account has; absent for all of them. */
  roles?: readonly string[]
  lifetimeMs: number
}

const LONGEST_MS = 366 * 86_400_000

/** @throws not_found, invalid for a role that the account does not have or a time that cannot be */
export async function grantToken(
  { users, tokens, clock }: { users: UserStore; tokens: Tokens; clock: Pick<Clock, 'now'> },
  { name, roles, lifetimeMs }: Grant,
): Promise<string> {
  const user = await users.get(name)
  if (!user) throw new DomainError('not_found', `there is no account named ${name}; yardmaster user list shows all`)
  const own = rolesAmong(user.roles)
  const missing = roles?.find((role) => !own.includes(role as (typeof own)[number]))
  if (missing !== undefined)
    throw new DomainError(
      'invalid',
      `${name} does not have the role ${missing}, only ${own.join(', ')}: give it first, with yardmaster user role`,
    )
  if (!(lifetimeMs >= 1000 && lifetimeMs <= LONGEST_MS))
    throw new DomainError('invalid', 'a token holds from one second to 366 days')
  return tokens.sign({
    user: name,
    roles: roles ? rolesAmong(roles) : own,
    revision: user.revision,
    expiresAt: clock.now() + lifetimeMs,
  })
}
