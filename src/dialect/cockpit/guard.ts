/** Who asks, at each of the doors: a token or a session made a caller, and whether the door opens for him (spec/cockpit.md 2.2 to 2.4). */

import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Caller, Role } from '../../auth/caller.ts'
import type { Verify } from '../../auth/token-cache.ts'
import { DomainError } from '../../base/errors.ts'
import { admit } from '../../http/admission.ts'

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

export function tokenGuard(door: Door): onRequestHookHandler {
  return admit<Caller>({
    identify({ headers }) {
      const token = tokenIn(headers)
      if (token === undefined) throw new DomainError('unauthenticated', door.refusal.withoutToken)
      return door.verify(token)
    },
    enter: (request, caller) => enter(door, request, caller),
    refuse: (error) => error as Error,
  })
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
