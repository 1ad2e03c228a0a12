/** How routes are described on the API page. Nothing is validated by these: bodies are read by `body/`. */

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
  answers: Readonly<Record<number, TSchema>>
  /** Statuses of refusals besides 401, 406 and 503. */
  refusals?: readonly number[]
  isOpen?: boolean
}

export function describe(route: Described): FastifySchema {
  const { tag, id, summary, about, path, query, body, answers, refusals = [], isOpen = false } = route
  const always = isOpen ? [406] : [401, 406]
  return {
    tags: [tag],
    operationId: id,
    summary,
    ...(about && { description: about }),
    ...(path && { params: texts(path, false) }),
    ...(query && { querystring: texts(query, true) }),
    ...(body && { body, consumes: ['application/json', 'application/yaml'] }),
    ...(isOpen && { security: [] }),
    response: { ...answers, ...refused([...always, ...refusals, ...(body ? [400, 415] : [])]) },
  }
}

/** All of a path and a query are texts. */
function texts(named: Readonly<Record<string, string>>, isOptional: boolean): TSchema {
  const properties = Object.entries(named).map(([name, description]) => {
    const text = Type.String({ description })
    return [name, isOptional ? Type.Optional(text) : text]
  })
  return Type.Object(Object.fromEntries(properties))
}

export function example(description: string, value: unknown): TSchema {
  return Type.Unsafe({ type: Array.isArray(value) ? 'array' : 'object', description, examples: [value] })
}

/** A page of a list with one row. */
export function pageOf(description: string, row: unknown, more: object = {}): TSchema {
  return example(description, { count: 1, next: null, previous: null, results: [row], ...more })
}

export function bodyLike(description: string, ...values: readonly [unknown, ...unknown[]]): TSchema {
  return Type.Unsafe({ type: 'object', description, examples: values })
}

export function noAnswer(description: string): TSchema {
  return Type.Null({ description })
}

export const PAGING = {
  page: 'The page, from 1; `last` is the last one.',
  page_size: 'Rows of a page: 20 where nothing is said, at most 100.',
}

const REFUSALS: Readonly<Record<number, readonly [string, unknown]>> = {
  400: ['The request does not fit; messages stand under the keys.', { name: ['This field is required.'] }],
  401: ['Nobody is signed in, or not any more.', { detail: 'Authentication credentials were not provided.' }],
  403: ['The account may not.', { detail: 'You do not have permission to perform this action.' }],
  404: ['There is no such thing.', { detail: 'No Job matches the given query.' }],
  406: ['No form that we write is accepted.', { detail: 'Could not satisfy the request Accept header.' }],
  409: ['It cannot be done now.', { detail: 'a built-in workflow cannot be removed' }],
  415: ['No media type that we read.', { detail: 'Unsupported media type "text/plain" in request.' }],
  429: ['Too many attempts.', { detail: 'Request was throttled. Expected available in 12 seconds.' }],
}

function refused(statuses: readonly number[]): Record<number, TSchema> {
  return Object.fromEntries(statuses.map((status) => [status, example(...REFUSALS[status]!)]))
}
