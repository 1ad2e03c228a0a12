/** Known paths asked with another method: 405, saying which ones there are. */

import type { FastifyInstance } from 'fastify'
import { ProtocolError } from '../../http/refusal.ts'

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']

/** Notes the routes of the scope from now on; call the answer once all of them are there. */
export function refuseOtherMethods(scope: FastifyInstance): () => void {
  const known = new Map<string, Set<string>>()
  scope.addHook('onRoute', ({ routePath, method }) => {
    const methods = known.get(routePath) ?? new Set()
    known.set(routePath, methods)
    for (const each of [method].flat()) methods.add(each)
  })
  return () => {
    for (const [url, methods] of [...known]) refuseBut(scope, url, [...methods])
  }
}

/** Before the body is read, since there is nothing that it could say. */
function refuseBut(scope: FastifyInstance, url: string, methods: readonly string[]): void {
  const allow = methods.join(', ')
  scope.route({
    url,
    method: METHODS.filter((method) => !methods.includes(method)),
    schema: { hide: true },
    onRequest: (request, _reply, done) =>
      done(new ProtocolError(405, `${request.method} is not possible here; use ${allow}`, { allow })),
    handler: () => undefined,
  })
}
