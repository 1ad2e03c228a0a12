/** The Accelerator dialect as one plugin: REST API v3 below `/api/v3`, its page at `/html/vovrest.html`. */

import type { FastifyInstance } from 'fastify'
import type { SignIn } from '../../auth/sign-in.ts'
import { DomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Engine } from '../../engine/engine.ts'
import { describeApi, type ServedApi } from '../../http/docs.ts'
import { apiDescription } from './description.ts'
import { errorAnswers } from './errors.ts'
import { eventRoute } from './event/route.ts'
import { guard } from './guard.ts'
import { jobRoutes } from './job-routes.ts'
import { refuseOtherMethods } from './methods.ts'
import type { QueryParts } from './query/sources.ts'
import { tableRoutes } from './table-routes.ts'
import { tokenRoute } from './token-route.ts'

export interface AcceleratorParts extends QueryParts, ServedApi {
  engine: Engine
  signIn: Pick<SignIn, 'issue' | 'verify'>
  log: Logger
}

export async function acceleratorPlugin(app: FastifyInstance, parts: AcceleratorParts): Promise<void> {
  await describeApi(app, apiDescription(parts))
  await app.register((scope: FastifyInstance) => api(scope, parts), { prefix: '/api/v3' })
}

async function api(scope: FastifyInstance, parts: AcceleratorParts): Promise<void> {
  scope.setErrorHandler(errorAnswers(parts.log))
  scope.setNotFoundHandler(({ method, url }) => {
    const path = url.split('?')[0]!.slice(0, 200)
    throw new DomainError('not_found', `nothing answers ${method} ${path}; see /html/vovrest.html for what does`)
  })
  scope.addHook('onRequest', (_request, reply, done) => {
    reply.header('cache-control', 'no-store').header('x-content-type-options', 'nosniff')
    done()
  })
  const refuseTheRest = refuseOtherMethods(scope)
  await scope.register(tokenRoute, parts)
  await scope.register((inner: FastifyInstance) => signedIn(inner, parts))
  refuseTheRest()
}

/** Everything that takes a token. */
async function signedIn(scope: FastifyInstance, parts: AcceleratorParts): Promise<void> {
  const verify = (token: string) => parts.signIn.verify(token)
  scope.decorateRequest('caller')
  scope.addHook('onRequest', guard(verify))
  jobRoutes(scope, parts.engine)
  tableRoutes(scope, parts)
  eventRoute(scope, parts, verify)
}
