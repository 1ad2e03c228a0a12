/** What every answer and every request has to do with browsers: security headers, CORS, requests from other sites (spec/cockpit.md 1.1). */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

const SECURITY = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'content-security-policy': "frame-ancestors 'none'; object-src 'none'; base-uri 'self'",
  'cache-control': 'no-store',
}

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, POST, HEAD, OPTIONS',
  'access-control-allow-headers': 'X-Requested-With, Content-Type, Authorization, Origin',
}
const CORS_METHODS = ['GET', 'POST', 'HEAD']

const SAFE = ['GET', 'HEAD', 'OPTIONS']

export function addHeaders(scope: FastifyInstance): void {
  scope.addHook('onRequest', (request, reply, done) => {
    reply.headers(SECURITY)
    if (isPreflight(request)) return answerPreflight(request, reply)
    if (request.headers.origin !== undefined) reply.header('access-control-allow-origin', '*')
    if (isFromElsewhere(request)) return void reply.code(403).type('text/plain').send('cross-site request blocked')
    done()
  })
}

function isPreflight({ method, headers }: FastifyRequest): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined
}

function answerPreflight(request: FastifyRequest, reply: FastifyReply): void {
  const wanted = String(request.headers['access-control-request-method'])
  if (CORS_METHODS.includes(wanted)) reply.code(200).headers(CORS).send()
  else reply.code(405).send()
}

/** A browser says itself that another site made it ask; what carries a cookie must not change anything then. */
function isFromElsewhere({ method, headers }: FastifyRequest): boolean {
  return !SAFE.includes(method) && headers['sec-fetch-site'] === 'cross-site'
}
