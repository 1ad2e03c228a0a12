/** Whatever was thrown, as the body that clients of the original are written for (spec/hub.md 2.4). */

import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { refusalOf } from '../../http/refusal.ts'
import { send } from './manners/answer.ts'
import { notFound, notPermitted, notSignedIn, Refused, withDetail, withField } from './manners/refused.ts'
import { tokenRefused } from './token/refused.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the original calls a thing of this path, where it says that there is none. */
    model?: string
  }
}

export function errorAnswers(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, body, headers } = refusedBy(error, request, log)
    send(reply.headers(headers), body, status)
  }
}

/** What no route answers. */
export function unknownPath(_request: FastifyRequest, reply: FastifyReply): void {
  const { status, body } = notFound()
  send(reply, body, status)
}

function refusedBy(error: unknown, request: FastifyRequest, log: Logger): Refused {
  if (error instanceof Refused) return error
  if (error instanceof DomainError) return OF_CODE[error.code](error, request)
  const { status, sentence, headers } = refusalOf(error, log)
  if (status === 413) return withDetail(status, 'The body is too large.')
  if (status < 500) return withDetail(status, sentence, headers)
  return new Refused(status, { error: 'Server Error (500)', detail: sentence }, headers)
}

const NOT_UNIQUE = 'This field must be unique.'

const OF_CODE: Readonly<Record<DomainError['code'], (error: DomainError, request: FastifyRequest) => Refused>> = {
  invalid: (error) => aboutField(error) ?? withDetail(400, error.message),
  conflict: ({ details, message }) =>
    typeof details.field === 'string' ? withField(details.field, NOT_UNIQUE) : withDetail(409, message),
  unauthenticated: (error) => tokenRefused(error) ?? notSignedIn(),
  // What the host refuses no role can help with, so that the sentence is needed.
  forbidden: ({ details, message }) => (details.by === 'host' ? withDetail(403, message) : notPermitted()),
  not_found: (_error, request) => notFound(request.routeOptions.config.model),
  limited: throttled,
  unavailable: (error) => withDetail(503, error.message, { 'retry-after': String(secondsIn(error)) }),
}

function aboutField({ details, message }: DomainError): Refused | undefined {
  return typeof details.field === 'string' ? withField(details.field, message) : undefined
}

function throttled(error: DomainError): Refused {
  const seconds = secondsIn(error)
  const sentence = `Request was throttled. Expected available in ${seconds} second${seconds === 1 ? '' : 's'}.`
  return withDetail(429, sentence, { 'retry-after': String(seconds) })
}

function secondsIn({ details: { retryAfterSeconds } }: DomainError): number {
  return typeof retryAfterSeconds === 'number' ? Math.max(1, Math.ceil(retryAfterSeconds)) : 1
}
