/** Sessions of browsers: what their cookie holds, which does for no token, as no token does for it. */

import { randomUUID } from 'node:crypto'
import type { JWTPayload } from 'jose'
import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { User, UserStore } from '../../store/store.ts'
import type { Caller, Role } from '../caller.ts'
import { type LevelFor, rolesAmong } from '../level.ts'
import type { Seal } from '../seal.ts'
import { createTokenCache } from '../token-cache.ts'
import { callerOf, unchanged } from '../verifier.ts'
import type { ClosedSessions } from './closed-sessions.ts'

/** What the browser gets: the cookie `session` of this value, for so long. */
export interface OpenSession {
  value: string
  maxAgeSeconds: number
}

export interface SessionClaims {
  id: string
  user: string
  roles: readonly Role[]
  revision: number
  expiresAt: Instant
  /** Whether it was opened with a token, and so may not lead to one that is good for longer. */
  isBorrowed: boolean
}

export interface SessionLimits {
  /** No more than these of the account's. */
  roles?: readonly Role[]
  /** No longer than until then, for a session that is borrowed from a token. */
  until?: Instant
}

export interface Sessions {
  open(user: User, limits?: SessionLimits): Promise<OpenSession>
  /** Answers at once for one that is known. @throws unauthenticated when it is none, over, closed, or its account changed */
  read(value: string): Caller | Promise<Caller>
  /** @throws unauthenticated */
  claims(value: string): Promise<SessionClaims>
  /** Ends it, also for whoever kept its cookie. What is no session is passed over. */
  close(value: string): Promise<void>
}

export interface SessionParts {
  users: UserStore
  seal: Seal
  levelFor: LevelFor
  maxAgeMs: number
  closed: ClosedSessions
  clock: Pick<Clock, 'now'>
}

export function createSessions(parts: SessionParts): Sessions {
  const { users, levelFor, closed, clock } = parts
  const claims = (value: string) => readSession(parts.seal, value)
  const verify = createTokenCache<SessionClaims>({
    users: { generation: () => users.generation() + closed.generation() },
    clock,
    read: claims,
    async admit(session) {
      await refuseClosed(closed, session)
      return callerOf(await unchanged(users, session), session.roles, levelFor)
    },
  })
  return {
    open: (user, limits = {}) => open(parts, user, limits),
    read: verify,
    async claims(value) {
      const session = await claims(value)
      await refuseClosed(closed, session)
      return session
    },
    async close(value) {
      const session = await claims(value).catch(() => undefined)
      if (session) await closed.add(session.id, session.expiresAt)
    },
  }
}

async function open({ seal, maxAgeMs, clock }: SessionParts, user: User, limits: SessionLimits): Promise<OpenSession> {
  const now = clock.now()
  const lifetimeMs = Math.min(maxAgeMs, (limits.until ?? Number.POSITIVE_INFINITY) - now)
  const roles = rolesAmong(user.roles).filter((role) => limits.roles?.includes(role) ?? true)
  const lent = limits.until === undefined ? {} : { lent: true }
  const facts = { sub: user.name, jti: randomUUID(), roles, rev: user.revision, ...lent }
  const value = await seal.seal(facts, now + lifetimeMs)
  return { value, maxAgeSeconds: Math.max(0, Math.floor(lifetimeMs / 1000)) }
}

async function readSession(seal: Seal, value: string): Promise<SessionClaims> {
  try {
    return claimsIn(await seal.read(value))
  } catch (error) {
    throw over(error)
  }
}

function claimsIn({ jti, sub, exp, rev, roles, lent }: JWTPayload): SessionClaims {
  if (!jti || !sub || typeof rev !== 'number' || !Array.isArray(roles)) throw new Error('claims of ours are missing')
  const borrowed = { isBorrowed: lent === true }
  return { id: jti, user: sub, roles: rolesAmong(roles), revision: rev, expiresAt: exp! * 1000, ...borrowed }
}

async function refuseClosed(closed: ClosedSessions, { id }: SessionClaims): Promise<void> {
  if (await closed.has(id)) throw over()
}

function over(cause?: unknown): DomainError {
  return new DomainError('unauthenticated', 'the session is over; sign in again', {}, cause)
}
