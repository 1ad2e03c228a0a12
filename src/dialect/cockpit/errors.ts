/** Refusals in the dialect's two bodies: `{"status","error"}` of what a route does, `{"error","status"}` of the doors (spec/cockpit.md 1.1). */

import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DomainError, type ErrorCode } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { refusalOf } from '../../http/refusal.ts'
import { sendJson } from './answer.ts'

/** Where the dialect's number differs from everybody's: what contradicts what is there cannot be processed. */
const STATUSES: Partial<Record<ErrorCode, number>> = { conflict: 422 }

export function errorAnswers(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const { status, sentence, headers } = refusalOf(error, log)
    const own = error instanceof DomainError ? statusOf(error.code, request) : undefined
    reply.code(own ?? status).headers(headers)
    const word = STATUS_CODES[own ?? status] ?? ''
    if (isOfDoor(error)) sendJson(reply, { error: sentence, status: word })
    else sendJson(reply, { status: word, error: sentence })
  }
}

function statusOf(code: ErrorCode, request: FastifyRequest): number | undefined {
  return request.routeOptions.config.statuses?.[code] ?? STATUSES[code]
}

function isOfDoor(error: unknown): boolean {
  return error instanceof DomainError && error.code === 'unauthenticated'
}

/** What no route answers, known or not to the one who asks. */
export function unknownPath(_request: FastifyRequest, reply: FastifyReply): void {
  reply.code(404)
  sendJson(reply, { error: 'the requested endpoint does not exist', status: 'Resource not found' })
}
