/**
 * The ClusterCockpit dialect as one plugin: `/api` for programs, `/userapi` for users' programs, `/config` and `/frontend`
 * for browsers, the ways to sign in, and a page of it all at `/swagger/`. Mounted as often as wanted, below any prefix.
 */

import cookie from '@fastify/cookie'
import type { FastifyInstance } from 'fastify'
import { mayManageUsers, mayUseApi, mayUseUserApi, mayWriteMetrics } from '../../auth/record-rights.ts'
import { DomainError } from '../../base/errors.ts'
import { describeApi } from '../../http/docs.ts'
import { configRoutes } from './config/routes.ts'
import { apiDescription, BY_SESSION, BY_TOKEN } from './description.ts'
import { errorAnswers, unknownPath } from './errors.ts'
import { type Door, tokenGuard } from './guard.ts'
import { exportRoutes } from './job/export-routes.ts'
import { readRoutes } from './job/read-routes.ts'
import { jobRoutes } from './job/routes.ts'
import { addressOfClient } from './manners/address.ts'
import { takeBytes, takeStream } from './manners/body.ts'
import { packAnswers } from './manners/compression.ts'
import { addHeaders } from './manners/headers.ts'
import { metricRoutes, writeRoute } from './metric/routes.ts'
import { machineStateRoutes } from './node/machine-state.ts'
import { clusterRoutes, healthRoutes, nodeStateRoutes } from './node/routes.ts'
import type { CockpitParts } from './parts.ts'
import { mountRoutes, type Places, type Route } from './route.ts'
import { frontendRoutes } from './session/frontend-routes.ts'
import { sessionGuard } from './session/guard.ts'
import { sessionRoutes } from './session/routes.ts'
import { tagListRoute, tagRoutes } from './tag/routes.ts'
import { userRoutes } from './user/routes.ts'

export async function cockpitPlugin(app: FastifyInstance, parts: CockpitParts): Promise<void> {
  await describeApi(app, apiDescription(parts))
  pointToPage(app)
  await app.register(async (scope: FastifyInstance) => {
    addManners(scope, parts)
    for (const door of doorsOf(parts)) {
      await scope.register((inner: FastifyInstance) => openDoor(inner, door), { prefix: door.prefix })
    }
    await scope.register((inner: FastifyInstance) => signInDoor(inner, parts))
  })
}

/** Other addresses at which people look for the page. */
function pointToPage(app: FastifyInstance): void {
  for (const url of ['/swagger', '/api/docs', '/api/docs/'])
    app.get(url, { schema: { hide: true }, exposeHeadRoute: false }, (_request, reply) =>
      reply.redirect(`${app.prefix}/swagger/`, 302),
    )
}

function addManners(scope: FastifyInstance, { log }: CockpitParts): void {
  // Bodies are read as Go reads them; the schemas are for the page alone.
  scope.setValidatorCompiler(() => () => true)
  scope.setSerializerCompiler(() => JSON.stringify)
  scope.setErrorHandler(errorAnswers(log))
  scope.decorateRequest('caller')
  addHeaders(scope)
  packAnswers(scope)
}

interface RouteGroup {
  guard: ReturnType<typeof tokenGuard>
  routes: readonly Route[]
  /** Bodies are handed on as streams, not as bytes. */
  takesStreams?: boolean
}

export interface DoorPlan {
  prefix: string
  /** What opens it, as the page of the API calls it. */
  security: Places['security']
  groups: readonly RouteGroup[]
}

/** Every door with its guards and rows; also what tests walk along. */
export function doorsOf(parts: CockpitParts): DoorPlan[] {
  const { records, clock, exports, auth } = parts
  const reading = [...readRoutes({ records, clock }), ...exportRoutes({ records, exports })]
  const metricGuard = tokenGuard(doorFor(parts, mayWriteMetrics, 'api alone, or api with user, manager or admin'))
  return [
    {
      prefix: '/api',
      security: BY_TOKEN,
      groups: [
        { guard: apiGuard(parts), routes: [...reading, ...apiRoutes(parts)] },
        { guard: metricGuard, routes: [...metricRoutes(parts.metrics), ...healthRoutes(parts.nodes)] },
        { guard: metricGuard, routes: [writeRoute(parts.metrics)], takesStreams: true },
      ],
    },
    {
      prefix: '/userapi',
      security: BY_TOKEN,
      groups: [{ guard: tokenGuard(doorFor(parts, mayUseUserApi, 'api with or without another')), routes: reading }],
    },
    {
      prefix: '/config',
      security: BY_SESSION,
      groups: [{ guard: sessionGuard(auth.browser, mayManageUsers), routes: configRoutes(configParts(parts)) }],
    },
    {
      prefix: '/frontend',
      security: BY_SESSION,
      groups: [
        {
          guard: sessionGuard(auth.browser, () => true),
          // What the console shows: a session reads what a token does at /userapi.
          routes: [...frontendRoutes({ ...parts, browser: auth.browser }), ...reading, ...lookupRoutes(parts)],
        },
      ],
    },
  ]
}

function configParts({ auth, taggers, notice }: CockpitParts) {
  return { accounts: auth.accounts, taggers, setNotice: (text: string) => notice.set(text) }
}

function apiRoutes({ records, clock, nodes, clusters, auth, machineStateDir }: CockpitParts): Route[] {
  return [
    ...jobRoutes({ records, clock }),
    ...tagRoutes({ records, clock }),
    ...clusterRoutes(clusters),
    ...nodeStateRoutes(nodes),
    ...userRoutes(auth.accounts),
    ...(machineStateDir === null ? [] : machineStateRoutes(machineStateDir)),
  ]
}

function lookupRoutes({ records, clusters }: CockpitParts): Route[] {
  return [...clusterRoutes(clusters), tagListRoute(records)]
}

/** `fit` names the roles for a person who has others. */
function doorFor({ auth }: CockpitParts, opensFor: Door['opensFor'], fit: string): Door {
  const refusal = {
    unfit: `unauthorized: this takes a token with the role ${fit}`,
    withoutToken: `unauthorized: ${SEND_TOKEN}`,
  }
  return { verify: auth.bearer, refusal, opensFor }
}

const SEND_TOKEN = 'send a token in X-Auth-Token, or behind Authorization: Bearer'

/** The address is asked for before the roles (spec/cockpit.md 2.3). */
function apiGuard(parts: CockpitParts) {
  const { door } = parts.auth
  const plan = doorFor(parts, mayUseApi, 'api alone, or api with admin')
  return tokenGuard({
    ...plan,
    refusal: { ...plan.refusal, withoutToken: `no user for secured check: ${SEND_TOKEN}` },
    checkAddress(request) {
      const address = addressOfClient(door.addressOf, request)
      if (!door.allows(address)) throw new DomainError('unauthenticated', `unknown ip: ${address}`)
    },
  })
}

async function openDoor(scope: FastifyInstance, { prefix, security, groups }: DoorPlan): Promise<void> {
  const idPrefix = prefix === '/api' ? '' : `${prefix.slice(1)}_`
  scope.setNotFoundHandler(unknownPath)
  await scope.register(cookie)
  for (const { guard, routes, takesStreams = false } of groups) {
    await scope.register(async (guarded: FastifyInstance) => {
      if (takesStreams) takeStream(guarded)
      else takeBytes(guarded)
      guarded.addHook('onRequest', guard)
      mountRoutes({ open: scope, guarded, idPrefix, security }, routes)
    })
  }
}

async function signInDoor(scope: FastifyInstance, { auth, project, notice }: CockpitParts): Promise<void> {
  takeBytes(scope)
  await scope.register(cookie)
  const { browser, door } = auth
  await sessionRoutes(scope, { browser, addressOf: door.addressOf, project, notice: () => notice.get() })
}
