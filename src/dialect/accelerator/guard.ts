/** Who asks: the header `Authorization` made a caller. */

import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Caller } from '../../auth/caller.ts'
import { DomainError } from '../../base/errors.ts'

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller
  }
}

/** @throws unauthenticated when the token is none of ours, expired or revoked */
export type Verify = (token: string) => Caller | Promise<Caller>

const HINT = 'POST username and password to /api/v3/token and send "Authorization: Bearer TOKEN"'

/** Synchronous where the token is known, since this is on the way of every request. */
export function guard(verify: Verify): onRequestHookHandler {
  return (request, _reply, done) => {
    const admit = (caller: Caller) => {
      request.caller = caller
      done()
    }
    const refuse = (error: unknown) => done(withHint(error))
    const verified = attempt(verify, request)
    if ('error' in verified) return refuse(verified.error)
    if (!(verified.caller instanceof Promise)) return admit(verified.caller)
    verified.caller.then(admit, refuse)
  }
}

/** What `verify` says, with what it throws as a value: the rest of the request must not run inside a `try`. */
function attempt(verify: Verify, request: FastifyRequest): { caller: ReturnType<Verify> } | { error: unknown } {
  try {
    return { caller: verify(tokenIn(request)) }
  } catch (error) {
    return { error }
  }
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
