/**
 * Who sent a request, by its token. What a token says is kept once it was read, since reading costs a hundred times more
 * than the rest; that the account still stands is asked again after every change to accounts, whoever made it.
 */

import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { User, UserStore } from '../store/store.ts'
import { type Caller, levelOf } from './caller.ts'
import { type LevelFor, lower, rolesAmong } from './level.ts'
import type { TokenClaims, Tokens } from './token.ts'

/** Answers at once for a token that is known. @throws unauthenticated, with what to do */
export type Verify = (token: string) => Caller | Promise<Caller>

export interface VerifierParts {
  users: UserStore
  tokens: Tokens
  levelFor: LevelFor
  clock: Pick<Clock, 'now'>
}

interface Known {
  claims: TokenClaims
  caller: Caller
  /** Of the accounts when the caller was looked up. */
  generation: number
}

const MOST_KNOWN = 10_000

export function createVerifier(parts: VerifierParts): Verify {
  const known = new Map<string, Known>()
  const asked = new Map<string, Promise<Caller>>()
  const ask = async (token: string) => {
    try {
      const found = await lookUp(parts, token, known.get(token)?.claims)
      keep(known, token, found)
      return found.caller
    } catch (error) {
      known.delete(token)
      throw error
    } finally {
      asked.delete(token)
    }
  }
  return (token) => {
    const entry = known.get(token)
    if (entry && entry.generation === parts.users.generation() && parts.clock.now() < entry.claims.expiresAt)
      return entry.caller
    const answer = asked.get(token) ?? ask(token)
    asked.set(token, answer)
    return answer
  }
}

async function lookUp(
  { users, tokens, levelFor, clock }: VerifierParts,
  token: string,
  earlier?: TokenClaims,
): Promise<Known> {
  // Before the account is read: a change that comes in between is then seen the next time.
  const generation = users.generation()
  const claims = earlier && clock.now() < earlier.expiresAt ? earlier : await tokens.read(token)
  const user = await users.get(claims.user)
  if (!user || user.revision !== claims.revision)
    throw new DomainError('unauthenticated', 'the account was changed since the token was issued; sign in again')
  return { claims, caller: callerOf(user, claims, levelFor), generation }
}

/** A token that was issued for fewer roles than the account has amounts to no more than these. */
function callerOf(user: User, { roles }: TokenClaims, levelFor: LevelFor): Caller {
  const all = rolesAmong(user.roles)
  const level = levelFor(user.name, all)
  const isNarrowed = all.some((role) => !roles.includes(role))
  return Object.freeze({ user: user.name, level: isNarrowed ? lower(level, levelOf(roles)) : level, roles })
}

/** Keeps the newest; the oldest is only slower the next time. */
function keep(known: Map<string, Known>, token: string, found: Known): void {
  known.delete(token)
  known.set(token, found)
  if (known.size <= MOST_KNOWN) return
  const [oldest] = known.keys()
  known.delete(oldest!)
}
