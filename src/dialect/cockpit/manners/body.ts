/** Bodies of any Content-Type are taken as bytes (spec/cockpit.md 0.7): what they are is the route's to say. */

import type { FastifyInstance } from 'fastify'

/** Of JSON and forms; what is longer is no description of a job. */
const MOST_BYTES = 1 << 20

export function takeBytes(scope: FastifyInstance): void {
  ignoreContentType(scope)
  scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MOST_BYTES }, (_request, body, done) =>
    done(null, body),
  )
}

/** The body is the stream itself, for the route to read. */
export function takeStream(scope: FastifyInstance): void {
  ignoreContentType(scope)
  scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload))
}

/** Also one that is no media type at all, which Fastify would refuse before any parser is asked. */
function ignoreContentType(scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  scope.addHook('onRequest', (request, _reply, done) => {
    if (request.headers['content-type'] !== undefined) request.raw.headers['content-type'] = 'application/octet-stream'
    done()
  })
}
