/** The HTTP server that every dialect is mounted on: limits, JSON, admission control, and errors outside of any dialect. */

import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import underPressure from '@fastify/under-pressure'
import type { Options } from 'ajv'
import { type FastifyInstance, type FastifyReply, type FastifyServerFactory, fastify } from 'fastify'
import { DomainError } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { complainAboutJson } from './json-body.ts'
import { ProtocolError, refusalOf } from './refusal.ts'

/** Bounds of one request and one connection; a listener that makes its own `http.Server` sets the same. */
export const HTTP_LIMITS = {
  bodySizeBytes: 1 << 20,
  /** Until the headers are here, and until the whole request is. */
  headersTimeoutMs: 15_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  /** Mean delay of the event loop over a second from which on requests are turned away. */
  loopDelayMs: 1_000,
} as const

/** Nothing is coerced or dropped in silence; `x-examples` stands in schemas for the API page. */
const VALIDATION: Options = {
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: true,
  allErrors: false,
  allowUnionTypes: true,
  keywords: ['x-examples'],
}

export interface AppParts {
  log: Logger
  /** Makes the server that hands requests to the app; absent: one without TLS that `app.listen` opens. */
  serverFactory?: FastifyServerFactory<Server>
}

/**
 * Fastify without a log line a request (it halves the throughput; failures are logged where they are answered) and
 * without coercion: a dialect says itself which texts it takes for numbers.
 */
export function createApp({ log, serverFactory }: AppParts): FastifyInstance {
  const app = fastify({
    bodyLimit: HTTP_LIMITS.bodySizeBytes,
    requestTimeout: HTTP_LIMITS.requestTimeoutMs,
    keepAliveTimeout: HTTP_LIMITS.keepAliveTimeoutMs,
    routerOptions: { ignoreTrailingSlash: false, maxParamLength: 4096 },
    ajv: { customOptions: VALIDATION },
    frameworkErrors: (error, _request, reply) => refuseUnread(error, reply as unknown as FastifyReply, log),
    clientErrorHandler: refuseSocket,
    ...(serverFactory ? { serverFactory } : { http: { headersTimeout: HTTP_LIMITS.headersTimeoutMs } }),
  })
  app.setErrorHandler((error, _request, reply) => refuse(error, reply, log))
  app.setNotFoundHandler((request, reply) =>
    refuse(new DomainError('not_found', `nothing is at ${request.url.slice(0, 200)}; see / for what is`), reply, log),
  )
  readJsonOnly(app)
  limitLoad(app)
  return app
}

function refuse(error: unknown, reply: FastifyReply, log: Logger): void {
  const { status, sentence, headers } = refusalOf(error, log)
  reply.code(status).headers(headers).send({ error: sentence })
}

/** An address that cannot be read leads to no dialect: the sentence stands where the clients of each look. */
function refuseUnread(error: unknown, reply: FastifyReply, log: Logger): void {
  const { status, sentence, headers } = refusalOf(error, log)
  reply.code(status).headers(headers).send({ error: sentence, detail: sentence })
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The route unpacks compressed bodies itself, and minds what they grow to. */
    unpacks?: boolean
  }
}

/** No other media type, and no compressed body but where a route says so: nothing small that grows large here. */
function readJsonOnly(app: FastifyInstance): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body.trim() === '') return done(null, undefined)
    void parse(request, body, (error, value) => {
      if (!error) return done(null, value)
      try {
        complainAboutJson(body)
      } catch (complaint) {
        done(complaint as Error)
      }
    })
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const encoding = request.headers['content-encoding']
    if (encoding === undefined || encoding === 'identity' || request.routeOptions.config?.unpacks) return done()
    done(new ProtocolError(415, 'compressed bodies are not read; send it without Content-Encoding'))
  })
}

class Overloaded extends DomainError {
  constructor() {
    super('unavailable', 'the server has more to do than it can; try again in a few seconds')
  }
}

/** The event loop's delay is what a client feels, whatever the cause; memory has no number that fits every machine. */
function limitLoad(app: FastifyInstance): void {
  app.register(underPressure, { maxEventLoopDelay: HTTP_LIMITS.loopDelayMs, retryAfter: 2, customError: Overloaded })
}

const SOCKET_ANSWERS: Readonly<Record<string, readonly [string, string]>> = {
  HPE_HEADER_OVERFLOW: ['431 Request Header Fields Too Large', 'the headers are too long'],
  ERR_HTTP_REQUEST_TIMEOUT: ['408 Request Timeout', 'the request took too long to arrive'],
}

/** What could not even be read as HTTP is answered in the same body, on the bare socket. */
function refuseSocket(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) return
  const [status, sentence] = SOCKET_ANSWERS[error.code ?? ''] ?? [
    '400 Bad Request',
    'this is not a readable HTTP request',
  ]
  const body = JSON.stringify({ error: sentence })
  const head = `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`
  socket.end(`${head}\r\n\r\n${body}`)
}
