/** The doors of browsers: a session made a caller, and nothing changed that another site's page asks for. */

import type { FastifyRequest, onRequestHookHandler } from 'fastify'
import type { Browser } from '../../../auth/browser/browser.ts'
import type { Caller } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import { sessionIn } from './cookie.ts'

/**
 * A page of another origin of the same site gets the cookie along (another port of this host is one); the browser says
 * then which origin it is. @throws forbidden
 */
export function refuseOtherOrigins({ method, headers, host }: FastifyRequest): void {
  const { origin } = headers
  if (method === 'GET' || method === 'HEAD' || origin === undefined) return
  if (!isAt(origin, host)) throw new DomainError('forbidden', 'a page of another origin may not do this')
}

/** Whether an origin is this server's, by the host that the browser asked, with the scheme's own port or without. */
function isAt(origin: string, host: string): boolean {
  if (!URL.canParse(origin)) return false
  const { protocol, host: other } = new URL(origin)
  return URL.canParse(`${protocol}//${host}`) && new URL(`${protocol}//${host}`).host === other
}

/** @throws unauthenticated, forbidden */
export function sessionGuard(
  browser: Pick<Browser, 'read'>,
  admits: (caller: Caller) => boolean,
): onRequestHookHandler {
  return async (request) => {
    refuseOtherOrigins(request)
    const value = sessionIn(request)
    if (value === undefined) throw new DomainError('unauthenticated', 'unauthorized')
    const caller = await browser.read(value)
    if (!admits(caller)) throw new DomainError('unauthenticated', 'unauthorized')
    request.caller = caller
  }
}
