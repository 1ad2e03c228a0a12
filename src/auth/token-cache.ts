/**
 * Who sent a request, by its token. What a token says is kept once it was read, since reading costs a hundred times more
 * than the rest; that the account still stands is asked again after every change to accounts, whoever made it.
 */

import type { Clock, Instant } from '../base/clock.ts'
import type { Caller } from './caller.ts'

/** Answers at once for a token that is known. @throws unauthenticated, with what to do */
export type Verify = (token: string) => Caller | Promise<Caller>

export interface TokenCacheParts<Claims> {
  users: { generation(): number }
  clock: Pick<Clock, 'now'>
  /** What the token says. @throws unauthenticated */
  read(token: string): Promise<Claims>
  /** What that amounts to, as accounts are now. @throws unauthenticated */
  admit(claims: Claims): Promise<Caller>
}

interface Known<Claims> {
  claims: Claims
  caller: Caller
  /** Of the accounts when the caller was looked up. */
  generation: number
}

const MOST_KNOWN = 10_000

export function createTokenCache<Claims extends { expiresAt: Instant }>(parts: TokenCacheParts<Claims>): Verify {
  const known = new Map<string, Known<Claims>>()
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

async function lookUp<Claims extends { expiresAt: Instant }>(
  { users, clock, read, admit }: TokenCacheParts<Claims>,
  token: string,
  earlier?: Claims,
): Promise<Known<Claims>> {
  // Before the account is read: a change that comes in between is then seen the next time.
  const generation = users.generation()
  const claims = earlier && clock.now() < earlier.expiresAt ? earlier : await read(token)
  return { claims, caller: await admit(claims), generation }
}

/** Keeps the newest; the oldest is only slower the next time. */
function keep<Claims>(known: Map<string, Known<Claims>>, token: string, found: Known<Claims>): void {
  known.delete(token)
  known.set(token, found)
  if (known.size <= MOST_KNOWN) return
  const [oldest] = known.keys()
  known.delete(oldest!)
}
