/** The cookies of browsers: the session, and what an OpenID provider's answer is held against. */

import type { CookieSerializeOptions } from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { OpenSession } from '../../../auth/browser/session.ts'

const SESSION = 'session'
const OPENID = 'oidc'
const OPENID_SECONDS = 600

export function sessionIn({ cookies }: FastifyRequest): string | undefined {
  return cookies[SESSION]
}

export function keepSession(reply: FastifyReply, { value, maxAgeSeconds }: OpenSession): void {
  reply.setCookie(SESSION, value, { ...manners(reply.request), maxAge: maxAgeSeconds })
}

export function forgetSession(reply: FastifyReply): void {
  reply.clearCookie(SESSION, manners(reply.request))
}

export function openIdIn({ cookies }: FastifyRequest): string | undefined {
  return cookies[OPENID]
}

export function keepOpenId(reply: FastifyReply, kept: string): void {
  reply.setCookie(OPENID, kept, { ...manners(reply.request), maxAge: OPENID_SECONDS })
}

export function forgetOpenId(reply: FastifyReply): void {
  reply.clearCookie(OPENID, manners(reply.request))
}

function manners(request: FastifyRequest): CookieSerializeOptions {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: originOf(request).startsWith('https:') }
}

/**
 * As the browser sees this server. A proxy in front that does TLS says so; whoever else says so only makes a cookie of his
 * own stricter.
 */
export function originOf(request: FastifyRequest): string {
  const isSecure = request.protocol === 'https' || request.headers['x-forwarded-proto'] === 'https'
  return `${isSecure ? 'https' : 'http'}://${request.host}`
}
