/** What a caller is told when a request is not answered as asked: status, sentence and headers, whatever was thrown. */

import { randomUUID } from 'node:crypto'
import { DomainError, systemCodeOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import { STATUS } from './status.ts'

export interface Refusal {
  status: number
  /** For the person who asked; never inner text. */
  sentence: string
  headers: Readonly<Record<string, string>>
}

/** A refusal that is about HTTP itself and not about jobs: method, media type, encoding. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
  readonly status: number
  readonly headers: Readonly<Record<string, string>>

  constructor(status: number, sentence: string, headers: Readonly<Record<string, string>> = {}) {
    super(sentence)
    this.status = status
    this.headers = headers
  }
}

/** The refusal of anything that was thrown; what nobody expected is logged under the id that the caller is given. */
export function refusalOf(error: unknown, log: Pick<Logger, 'error'>): Refusal {
  return expected(error) ?? unexpected(error, log)
}

function expected(error: unknown): Refusal | undefined {
  if (error instanceof ProtocolError) return { status: error.status, sentence: error.message, headers: error.headers }
  if (error instanceof DomainError) {
    return { status: STATUS[error.code], sentence: error.message, headers: headersOf(error) }
  }
  return frameworkRefusal(error)
}

function headersOf({ code, details }: DomainError): Record<string, string> {
  if (code === 'unauthenticated') return { 'www-authenticate': 'Bearer' }
  if (code !== 'limited' && code !== 'unavailable') return {}
  const { retryAfterSeconds } = details
  return { 'retry-after': String(typeof retryAfterSeconds === 'number' ? Math.ceil(retryAfterSeconds) : 1) }
}

/** What Fastify refuses by itself, in words that say what to change. */
const FRAMEWORK: Readonly<Record<string, string>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'the body is too large: at most 1 MiB is read',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'send the body as JSON, with the header "Content-Type: application/json"',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'the body is not as long as the header Content-Length says',
  FST_ERR_BAD_URL: 'the path cannot be read: a % must be followed by two hexadecimal digits of UTF-8 text',
  FST_ERR_MAX_PARAM_LENGTH: 'a part of the path is too long',
}

function frameworkRefusal(error: unknown): Refusal | undefined {
  const status = (error as { statusCode?: unknown } | null)?.statusCode
  if (!(error instanceof Error) || typeof status !== 'number' || status < 400 || status > 499) return undefined
  return { status, sentence: FRAMEWORK[systemCodeOf(error) ?? ''] ?? error.message, headers: {} }
}

function unexpected(error: unknown, log: Pick<Logger, 'error'>): Refusal {
  const requestId = randomUUID()
  log.error({ requestId, err: error }, 'a request failed unexpectedly')
  return { status: 500, sentence: `internal error, request ID ${requestId}`, headers: {} }
}
