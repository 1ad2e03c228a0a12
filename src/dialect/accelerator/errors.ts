/** Refusals in the dialect's body, `{"error": SENTENCE}`; a table route repeats the sentence as `errmsg`. */

import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { DomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { nearestOf } from '../../base/nearest.ts'
import { refusalOf } from '../../http/refusal.ts'
import type { Keys } from './body/key.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The keys of the route's body, for sentences about them. */
    bodyKeys?: Keys
    /** Keys that are known and refused, with the reason. */
    refusedKeys?: Readonly<Record<string, string>>
    /** The answer is a table, whose readers look for `errmsg`. */
    answersTable?: boolean
  }
}

export function errorAnswers(log: Logger) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    const explained = error.validation ? explain(error, request) : error
    const { status, sentence, headers } = refusalOf(explained, log)
    reply.code(status).headers(headers).type('application/json; charset=utf-8').send(bodyOf(sentence, request))
  }
}

function bodyOf(sentence: string, request: FastifyRequest) {
  const { answersTable } = request.routeOptions.config
  return answersTable ? { error: sentence, errmsg: sentence } : { error: sentence }
}

/** What a validator found wrong, as a sentence that names the key and says what to change. */
function explain({ validation, validationContext }: FastifyError, request: FastifyRequest): DomainError {
  const [first] = validation ?? []
  if (!first) return new DomainError('invalid', 'the request does not have the described form')
  const isBody = validationContext === 'body'
  return new DomainError('invalid', isBody ? aboutBody(first, request) : aboutParameter(first, request))
}

function aboutBody(found: FastifySchemaValidationError, request: FastifyRequest): string {
  const { bodyKeys = {}, refusedKeys = {} } = request.routeOptions.config
  const key = keyOf(found)
  if (found.keyword === 'additionalProperties') {
    const reason = Object.hasOwn(refusedKeys, key) ? refusedKeys[key] : undefined
    return reason ? `${key} cannot be changed: ${reason}` : unknown('key', key, Object.keys(bodyKeys))
  }
  if (found.keyword === 'required') return `the key "${key}" is missing: the body must have ${requiredKeys(request)}`
  if (key === '') return `the body must be a JSON object with ${requiredKeys(request)}`
  return `${key} must be ${bodyKeys[key]?.must ?? 'of another form'}`
}

function aboutParameter(found: FastifySchemaValidationError, request: FastifyRequest): string {
  const key = keyOf(found)
  if (found.keyword === 'additionalProperties') return unknown('parameter', key, parametersOf(request))
  if (found.keyword === 'required') return `the parameter "${key}" is missing`
  if (found.keyword === 'type') return `the parameter "${key}" must be given once`
  return `the parameter "${key}" ${found.message ?? 'is not as described'}`
}

/** The key that the finding is about: the one that is too many or missing, else the first of its path. */
function keyOf({ params, instancePath }: FastifySchemaValidationError): string {
  const { additionalProperty, missingProperty } = params as Record<string, unknown>
  const named = additionalProperty ?? missingProperty ?? instancePath.split('/')[1] ?? ''
  return String(named).replaceAll('~1', '/').replaceAll('~0', '~').slice(0, 80)
}

function unknown(what: string, key: string, known: readonly string[]): string {
  const near = nearestOf(key, known)
  const hint = near ? `did you mean "${near}"?` : 'see /html/vovrest.html for those that are known'
  return `unknown ${what} "${key}"; ${hint}`
}

interface ObjectSchema {
  required?: readonly string[]
  properties?: Readonly<Record<string, unknown>>
}

function requiredKeys(request: FastifyRequest): string {
  const { required = [] } = (request.routeOptions.schema?.body ?? {}) as ObjectSchema
  if (required.length < 2) return required.length === 1 ? `the key ${required[0]}` : 'at least one key'
  return `the keys ${required.slice(0, -1).join(', ')} and ${required.at(-1)}`
}

function parametersOf(request: FastifyRequest): string[] {
  const { properties = {} } = (request.routeOptions.schema?.querystring ?? {}) as ObjectSchema
  return Object.keys(properties)
}
