/** Who an access token of ours stands for: the account that it was issued to, as long as that did not change. */

import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { User, UserStore } from '../store/store.ts'
import { type Caller, levelOf, type Role } from './caller.ts'
import { type LevelFor, lower, rolesAmong } from './level.ts'
import type { Tokens } from './token.ts'
import { createTokenCache, type Verify } from './token-cache.ts'

export interface VerifierParts {
  users: UserStore
  tokens: Pick<Tokens, 'read'>
  levelFor: LevelFor
  clock: Pick<Clock, 'now'>
}

export function createVerifier({ users, tokens, levelFor, clock }: VerifierParts): Verify {
  return createTokenCache({
    users,
    clock,
    read: tokens.read,
    admit: async (claims) => callerOf(await unchanged(users, claims), claims.roles, levelFor),
  })
}

/** The account as it was when a token said so. @throws unauthenticated when it was changed or removed since */
export async function unchanged(users: UserStore, issued: { user: string; revision: number }): Promise<User> {
  const user = await users.get(issued.user)
  if (user && user.revision === issued.revision) return user
  throw new DomainError('unauthenticated', 'the account was changed since the token was issued; sign in again')
}

/** A token that was issued for fewer roles than the account has amounts to no more than these. */
export function callerOf(user: User, roles: readonly Role[], levelFor: LevelFor): Caller {
  const all = rolesAmong(user.roles)
  const level = levelFor(user.name, all)
  const isNarrowed = all.some((role) => !roles.includes(role))
  return Object.freeze({
    user: user.name,
    level: isNarrowed ? lower(level, levelOf(roles)) : level,
    roles,
    projects: user.projects,
  })
}
