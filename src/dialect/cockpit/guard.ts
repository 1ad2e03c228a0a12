/** Who asks, at each of the doors: a token or a session made a caller, and whether the door opens for him (spec 2.2 to 2.4). */

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Caller, Role } from '../../auth/caller.ts'
import type { Verify } from '../../auth/token-cache.ts'
import { DomainError } from '../../base/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

export interface Door {
  /** @throws unauthenticated for what is none of ours, expired or revoked */
  verify: Verify
  /** How it refuses those whose roles it does not open for, and those without a token. */
  refusal: { unfit: string; withoutToken: string }
  opensFor(roles: readonly Role[]): boolean
  /** @throws unauthenticated for an address that may not come in; asked before the roles */
  checkAddress?(request: FastifyRequest): void
}

/** Synchronous where the token is known, since this is on the way of every request. */
export function tokenGuard(door: Door): onRequestHookHandler {
  return (request, _reply, done) => {
    const admit = (caller: Caller) => done(enter(door, request, caller))
    const refuse = (error: unknown) => done(error as Error)
    const verified = attempt(door, request)
    if ('error' in verified) return refuse(verified.error)
    if (!(verified.caller instanceof Promise)) return admit(verified.caller)
    verified.caller.then(admit, refuse)
  }
}

/** What `verify` says, with what it throws as a value: the rest of the request must not run inside a `try`. */
function attempt({ verify, refusal }: Door, request: FastifyRequest) {
  try {
    const token = tokenIn(request.headers)
    if (token === undefined) throw new DomainError('unauthenticated', refusal.withoutToken)
    return { caller: verify(token) }
  } catch (error) {
    return { error }
  }
}

/** Why the caller stays outside; undefined once he is in. */
function enter({ opensFor, refusal, checkAddress }: Door, request: FastifyRequest, caller: Caller): Error | undefined {
  try {
    checkAddress?.(request)
  } catch (error) {
    return error as Error
  }
  if (!opensFor(caller.roles)) return new DomainError('unauthenticated', refusal.unfit)
  request.caller = caller
  return undefined
}

/** `X-Auth-Token`, else `Authorization` with or without `Bearer`; undefined where neither says anything. */
export function tokenIn(headers: IncomingHttpHeaders): string | undefined {
  const own = headers['x-auth-token']
  const token = (typeof own === 'string' && own) || bare(headers.authorization ?? '')
  return token === '' ? undefined : token
}

function bare(authorization: string): string {
  const isBearer = authorization.slice(0, 7).toLowerCase() === 'bearer '
  return (isBearer ? authorization.slice(7) : authorization).trim()
}
