/** A route as a row of a table: from these the door is made, its answers to OPTIONS, the API page, and the tests that walk them all. */

import type { FastifyInstance, FastifyReply, FastifyRequest, FastifySchema, onRequestHookHandler } from 'fastify'
import type { Fields } from './body/fields.ts'
import type { Opening } from './guard.ts'
import { send } from './manners/answer.ts'
import { formFor } from './manners/negotiation.ts'
import { metadataOf } from './manners/options.ts'
import { withDetail } from './manners/refused.ts'
import { showSlash } from './manners/slash.ts'
import type { Query } from './query.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** In the order in which Django REST framework names them. */
const NAMED: readonly string[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS']

export interface Asked extends FastifyRequest {
  params: Record<string, string>
  query: Query
}

export interface Route {
  method: Method
  /** Below `/api`, with the slash at its end. */
  path: string
  schema: FastifySchema
  /** Who it opens for; signed in where nothing is said. */
  opensFor?: 'anybody' | Opening
  /** What the original calls a thing of this path. */
  model?: string
  /** Of the body, for OPTIONS. */
  fields?: Fields
  handle(request: Asked, reply: FastifyReply): FastifyReply | Promise<FastifyReply>
}

export type GuardFor = (opening: Opening) => onRequestHookHandler

/** All verbs of one path. */
interface Place {
  path: string
  rows: readonly Route[]
  allow: string
}

export function mountRoutes(scope: FastifyInstance, routes: readonly Route[], guardFor: GuardFor): void {
  const paths = routes.map(({ path }) => path)
  for (const [path, rows] of Map.groupBy(routes, (row) => row.path)) {
    const known = rows.map(({ method }): string => method)
    if (known.includes('GET')) known.push('HEAD')
    const place = { path, rows, allow: NAMED.filter((method) => [...known, 'OPTIONS'].includes(method)).join(', ') }
    for (const row of rows) mountRow(scope, row, place, guardFor)
    answerOptions(scope, place, guardFor)
    refuseOtherVerbs(scope, place, guardFor)
    if (path.length > 1 && path.endsWith('/') && !paths.includes(path.slice(0, -1))) redirect(scope, path.slice(0, -1))
  }
}

/** A name and a password, or a token: nobody makes the server read more before it knows him. */
const MOST_BYTES_OF_STRANGERS = 1 << 14

/** `/` below a prefix is the path with the slash alone. */
const ONCE = { prefixTrailingSlash: 'slash' } as const

function mountRow(scope: FastifyInstance, row: Route, place: Place, guardFor: GuardFor): void {
  const { method, path: url, schema, handle, model } = row
  const config = { apiBase: scope.prefix, ...(model && { model }) }
  const onRequest = hooksFor(row.opensFor, place, guardFor)
  const limit = row.opensFor === 'anybody' && { bodyLimit: MOST_BYTES_OF_STRANGERS }
  const handler = handle as never
  scope.route({ ...ONCE, ...limit, method, url, schema, config, onRequest, handler, exposeHeadRoute: method === 'GET' })
}

/** Form before guard, as in the original: who cannot read an answer is told so first. */
function hooksFor(opensFor: Route['opensFor'] = 'signed in', { allow }: Place, guardFor: GuardFor) {
  const arrange: onRequestHookHandler = (request, reply, done) => {
    reply.header('allow', allow)
    try {
      request.form = formFor(request)
    } catch (error) {
      return done(error as Error)
    }
    done()
  }
  return opensFor === 'anybody' ? [arrange] : [arrange, guardFor(opensFor)]
}

function answerOptions(scope: FastifyInstance, place: Place, guardFor: GuardFor): void {
  const { path: url, rows } = place
  scope.route({
    ...ONCE,
    method: 'OPTIONS',
    url,
    schema: { hide: true },
    onRequest: hooksFor(rows[0]!.opensFor, place, guardFor),
    handler: (_request, reply) => send(reply, metadataOf(rows)),
  })
}

/** 405 for who is signed in, before the body is read. */
function refuseOtherVerbs(scope: FastifyInstance, place: Place, guardFor: GuardFor): void {
  const { path: url, rows, allow } = place
  const refuse: onRequestHookHandler = ({ method }, _reply, done) =>
    done(withDetail(405, `Method "${method}" not allowed.`, { allow }))
  const method = NAMED.filter((each) => !allow.split(', ').includes(each))
  if (method.length === 0) return
  scope.route({
    ...ONCE,
    method,
    url,
    schema: { hide: true },
    exposeHeadRoute: false,
    onRequest: [...hooksFor(rows[0]!.opensFor, place, guardFor), refuse],
    handler: () => undefined,
  })
}

/** Whatever the verb, and before anybody is asked who he is. */
export function redirect(scope: FastifyInstance, url: string): void {
  const onRequest: onRequestHookHandler = (request, reply) => showSlash(request, reply)
  const method = [...NAMED]
  scope.route({ method, url, schema: { hide: true }, exposeHeadRoute: false, onRequest, handler: () => undefined })
}
