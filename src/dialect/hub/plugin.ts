/** The Hub dialect as one plugin: everything below `/api/`, its page at `/api/docs/`. Mounted as often as wanted, below any prefix. */

import type { FastifyInstance } from 'fastify'
import { describeApi } from '../../http/docs.ts'
import { actionRoutes } from './action/routes.ts'
import { clientKeyRoutes } from './client-key/routes.ts'
import { apiDescription } from './description.ts'
import { errorAnswers, unknownPath } from './errors.ts'
import { fileRoutes } from './file/routes.ts'
import { guard } from './guard.ts'
import { jobRoutes } from './job/routes.ts'
import { believeProxies } from './manners/address.ts'
import { takeBodies } from './manners/body.ts'
import { addHeaders } from './manners/headers.ts'
import type { HubParts } from './parts.ts'
import { groupRoutes } from './people/group-routes.ts'
import { userRoutes } from './people/user-routes.ts'
import { rootRoute } from './root.ts'
import { mountRoutes, type Route, redirect } from './route.ts'
import { scheduleRoutes } from './schedule/routes.ts'
import { searchRoutes } from './search/routes.ts'
import { alertRoutes, configurationRoutes, featureRoutes } from './setting/routes.ts'
import { siteRoutes } from './site/routes.ts'
import { taskRoutes } from './task/routes.ts'
import { tokenRoutes } from './token/routes.ts'
import { workflowRoutes } from './workflow/routes.ts'

export async function hubPlugin(app: FastifyInstance, parts: HubParts): Promise<void> {
  await describeApi(app, apiDescription(parts))
  for (const url of ['/api', '/api/docs', '/api/schema']) redirect(app, url)
  await app.register((scope: FastifyInstance) => openDoor(scope, parts), { prefix: '/api' })
}

/** Every row of the door; also what tests walk along. */
export function routesOf(parts: HubParts): Route[] {
  const { workflows, auth } = parts
  const signedIn = [
    ...clientKeyRoutes(() => auth.hub.keys),
    ...jobRoutes(workflows),
    ...taskRoutes(workflows),
    ...fileRoutes(workflows),
    ...siteRoutes(parts),
    ...workflowRoutes(workflows),
    ...scheduleRoutes(workflows),
    ...configurationRoutes(parts.configurations),
    ...featureRoutes(parts.features),
    ...alertRoutes(parts.alerts),
    ...actionRoutes(parts.actions),
    ...searchRoutes(parts.searches),
    ...userRoutes(auth.accounts),
    ...groupRoutes(parts.groups),
  ]
  return [...tokenRoutes({ hub: auth.hub, addressOf: auth.door.addressOf }), ...signedIn, rootRoute(signedIn)]
}

async function openDoor(scope: FastifyInstance, parts: HubParts): Promise<void> {
  // Bodies are read by the fields of each route; the schemas are for the page alone.
  scope.setValidatorCompiler(() => () => true)
  scope.setSerializerCompiler(() => JSON.stringify)
  scope.setErrorHandler(errorAnswers(parts.log))
  scope.setNotFoundHandler(unknownPath)
  scope.decorateRequest('caller')
  scope.decorateRequest('clientKey', '')
  scope.decorateRequest('form', 'json')
  addHeaders(scope)
  believeProxies(scope, parts.auth.door.isProxy)
  takeBodies(scope)
  mountRoutes(scope, routesOf(parts), (opening) => guard(parts.auth.hub, opening))
}
