/** Tokens that programs bring to the record's door, and those that are made for them. */

import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { UserStore } from '../../store/store.ts'
import { type Caller, levelOf } from '../caller.ts'
import { type LevelFor, lower, rolesAmong } from '../level.ts'
import { createTokenCache, type Verify } from '../token-cache.ts'
import type { TokenKey } from '../token-key.ts'
import { callerOf, unchanged } from '../verifier.ts'
import { type BearerClaims, readBearer } from './claims.ts'

export interface BearerParts {
  users: UserStore
  key: TokenKey
  levelFor: LevelFor
  /** Whether a token of another program counts only for an account of ours, with the roles that this has. */
  validateUser: boolean
  clock: Pick<Clock, 'now'>
}

export interface Bearer {
  /** A caller with roles and projects, for the token of `X-Auth-Token` or `Authorization`. */
  verify: Verify
  /** Infinity for a token without an end. @throws unauthenticated */
  expiresAt(token: string): Promise<Instant>
}

export function createBearer(parts: BearerParts): Bearer {
  const read = (token: string) => readBearer(token, parts.key, parts.clock)
  return {
    verify: createTokenCache({ ...parts, read, admit: (claims) => admit(parts, claims) }),
    expiresAt: async (token) => (await read(token)).expiresAt,
  }
}

/** A token of ours is worth no more than its account, whatever the settings say of other programs' tokens. */
async function admit({ users, levelFor, validateUser }: BearerParts, claims: BearerClaims): Promise<Caller> {
  const { user: name, roles, projects, revision } = claims
  if (revision !== null) return callerOf(await unchanged(users, { user: name, revision }), roles, levelFor)
  if (!validateUser) {
    const level = lower(levelFor(name, roles), levelOf(roles))
    return Object.freeze({ user: name, level, roles, projects })
  }
  const user = await users.get(name)
  if (!user) throw new DomainError('unauthenticated', 'unknown user')
  return callerOf(user, rolesAmong(user.roles), levelFor)
}
