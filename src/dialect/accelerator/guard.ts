/** Who asks: the header `Authorization` made a caller. */

import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Caller } from '../../auth/caller.ts'
import type { Verify } from '../../auth/token-cache.ts'
import { DomainError } from '../../base/errors.ts'
import { admit } from '../../http/admission.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

const HINT = 'POST username and password to /api/v3/token and send "Authorization: Bearer TOKEN"'

export function guard(verify: Verify): onRequestHookHandler {
  return admit<Caller>({
    identify: (request) => verify(tokenIn(request)),
    enter(request, caller) {
      request.caller = caller
      return undefined
    },
    refuse: withHint,
  })
}

/**
 * The token in `Bearer:TOKEN` as the tutorial builds it (Accelerator tutorial 2024.1, getToken.py), or in
 * `Bearer: TOKEN` and `Bearer TOKEN`, the scheme in any case. Cut by hand: a pattern would backtrack over long blanks.
 * @throws unauthenticated
 */
export function tokenOf(header: string | undefined): string {
  if (header === undefined) throw new DomainError('unauthenticated', 'sign in first')
  const scheme = header.slice(0, 6).toLowerCase()
  const rest = header.slice(6)
  const token = rest.trimStart().replace(/^:/, '').trim()
  if (scheme !== 'bearer' || token === '' || !/^[\s:]/.test(rest)) {
    throw new DomainError('unauthenticated', 'the header Authorization is not "Bearer TOKEN"')
  }
  return token
}

function withHint(error: unknown): Error {
  if (!(error instanceof DomainError) || error.code !== 'unauthenticated') return error as Error
  if (error.message.includes('/api/v3/token')) return error
  return new DomainError('unauthenticated', `${error.message}: ${HINT}`, error.details, error)
}

/** The token that a request carries. @throws unauthenticated */
export function tokenIn(request: FastifyRequest): string {
  return tokenOf(request.headers.authorization)
}
