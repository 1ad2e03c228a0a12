/** A route as a row of a table: from these the doors are made, the API page, and the tests that walk them all. */

import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema } from 'fastify'
import type { ErrorCode } from '../../base/errors.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const

export interface Asked extends FastifyRequest {
  params: Record<string, string>
  query: Record<string, string | string[]>
}

export interface Route {
  methods: readonly Method[]
  /** Below the door, with the slash at its end that the reference has or has not. */
  path: string
  schema: FastifySchema
  /** Statuses of refusals where they differ from the dialect's own (spec/cockpit.md, not-found matrix). */
  statuses?: Statuses
  /** The handler unpacks compressed bodies itself. */
  unpacks?: boolean
  handle(request: Asked, reply: FastifyReply): FastifyReply | Promise<FastifyReply>
}

export type Statuses = Partial<Record<ErrorCode, number>>

declare module 'fastify' {
  interface FastifyContextConfig {
    statuses?: Statuses
  }
}

export interface Places {
  open: FastifyInstance
  guarded: FastifyInstance
  /** Before the names of operations, since doors may share rows. */
  idPrefix: string
  /** What opens the door, for the page. */
  security: readonly Record<string, readonly string[]>[]
}

/**
 * Mounts the rows, each with and without the slash at its end. `guarded` has the guard, `open` has none: a wrong verb is
 * 405 for everybody.
 */
export function mountRoutes({ open, guarded, idPrefix, security }: Places, routes: readonly Route[]): void {
  for (const { path, methods, schema, statuses, unpacks, handle } of routes) {
    const config = { ...(statuses && { statuses }), ...(unpacks && { unpacks }) }
    for (const [index, method] of methods.entries()) {
      const operationId = `${idPrefix}${schema.operationId}${index === 0 ? '' : method}`
      const described = { ...schema, operationId, security }
      guarded.route({ method, url: path, schema: described, config, handler: handle as never, exposeHeadRoute: false })
    }
    const other = otherForm(path)
    const hidden = { hide: true }
    guarded.route({
      method: [...methods],
      url: other,
      schema: hidden,
      config,
      handler: handle as never,
      exposeHeadRoute: false,
    })
  }
  refuseOtherVerbs(open, routes)
}

/** 405 without a body or a type (spec/cockpit.md 1.1). */
function refuseOtherVerbs(open: FastifyInstance, routes: readonly Route[]): void {
  for (const [path, rows] of Map.groupBy(routes, (row) => row.path)) {
    const known: readonly string[] = rows.flatMap(({ methods }) => methods)
    const method = METHODS.filter((each) => !known.includes(each))
    const urls = isShadowing(path) ? [path] : [path, otherForm(path)]
    for (const url of urls) {
      open.route({
        method,
        url,
        schema: { hide: true },
        exposeHeadRoute: false,
        onRequest: (_request, reply) => void reply.code(405).header('allow', known.join(', ')).send(),
        handler: () => undefined,
      })
    }
  }
}

/** The other form of `/jobs/start_job/` reads as a run's id, `/jobs/{id}`, to verbs that only this has. */
function isShadowing(path: string): boolean {
  return path.startsWith('/jobs/')
}

function otherForm(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}
