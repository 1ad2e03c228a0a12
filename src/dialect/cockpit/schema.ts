/** How routes are described on the API page. Nothing is validated by these: bodies are read as Go reads them, by `body/`. */

import type { FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'

interface Described {
  tag: string
  id: string
  summary: string
  about?: string
  path?: Readonly<Record<string, string>>
  query?: Readonly<Record<string, string>>
  body?: TSchema
  /** Media type of the body, where it is not JSON. */
  consumes?: string
  answers: Readonly<Record<number, TSchema>>
  /** Statuses of refusals. */
  refusals?: readonly number[]
}

export function describe({ tag, id, summary, about, path, query, body, consumes, answers, refusals = [] }: Described) {
  const described: FastifySchema = {
    tags: [tag],
    operationId: id,
    summary,
    ...(about && { description: about }),
    ...(path && { params: texts(path, false) }),
    ...(query && { querystring: texts(query, true) }),
    ...(body && { body }),
    ...(consumes && { consumes: [consumes] }),
    response: { ...answers, ...refused(refusals) },
  }
  return described
}

/** All of a path and a query are texts. */
function texts(named: Readonly<Record<string, string>>, isOptional: boolean): TSchema {
  const properties = Object.entries(named).map(([name, description]) => {
    const text = Type.String({ description })
    return [name, isOptional ? Type.Optional(text) : text]
  })
  return Type.Object(Object.fromEntries(properties))
}

/** A JSON answer that looks like its example. */
export function example(description: string, value: unknown): TSchema {
  return Type.Unsafe({ type: Array.isArray(value) ? 'array' : 'object', description, examples: [value] })
}

/** A body of JSON, with one it would take. */
export function bodyLike(description: string, ...values: readonly [unknown, ...unknown[]]): TSchema {
  return Type.Unsafe({ type: Array.isArray(values[0]) ? 'array' : 'object', description, examples: values })
}

export function textAnswer(description: string, value: string): TSchema {
  return Type.String({ description, examples: [value] })
}

export function noAnswer(description: string): TSchema {
  return Type.Null({ description })
}

const REFUSALS: Readonly<Record<number, readonly [string, string, string]>> = {
  400: ['Bad Request', 'The request is not understood.', 'invalid query parameter: foo'],
  401: ['Unauthorized', 'No token, or one that opens nothing here.', 'unauthorized'],
  403: ['Forbidden', 'The role does not reach.', 'only admins are allowed to update a user'],
  404: ['Not Found', 'There is no such thing.', 'there is no record 9999, or it is not yours to see'],
  409: ['Conflict', 'It cannot be done now.', 'unknown tagger: bogus'],
  413: ['Payload Too Large', 'The body is too large.', 'the body is too large: at most 1 MiB is read'],
  422: [
    'Unprocessable Entity',
    'What it asks for contradicts what is there.',
    'a job with that jobId, cluster and startTime already exists: dbid: 7, jobid: 123',
  ],
  429: ['Too Many Requests', 'Too many attempts.', 'too many sign-ins failed; try again in a minute'],
  503: ['Service Unavailable', 'Nothing can be stored just now.', 'the disk is full; nothing was changed'],
}

function refused(statuses: readonly number[]): Record<number, TSchema> {
  const described = statuses.map((code) => {
    const [status, description, error] = REFUSALS[code]!
    const body = Type.Object(
      { status: Type.String(), error: Type.String() },
      { description, examples: [{ status, error }] },
    )
    return [code, body]
  })
  return Object.fromEntries(described)
}

export const ID = { id: "The record's own number, `id` in answers; not the scheduler's." }
