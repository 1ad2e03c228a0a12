/** The dialect's operations on the API page: what each refuses with, beside what it answers. */

import type { FastifySchema } from 'fastify'
import type { TSchema } from 'typebox'
import { describeOperation, example, type Operation } from '../../http/operation.ts'

interface Described extends Operation {
  /** Statuses of refusals, besides those that every route has. */
  refusals?: readonly number[]
  /** Nobody needs to be signed in. */
  isOpen?: boolean
}

const CONSUMED = ['application/json', 'application/yaml']

export function describe({ refusals = [], isOpen = false, answers, ...operation }: Described): FastifySchema {
  const always = [...(isOpen ? [] : [401]), 406, ...(operation.body ? [400, 415] : [])]
  return {
    ...describeOperation({
      consumes: CONSUMED,
      ...operation,
      answers: { ...answers, ...refused([...always, ...refusals]) },
    }),
    ...(isOpen && { security: [] }),
  }
}

/** A page of a list with one row. */
export function pageOf(description: string, row: unknown, more: object = {}): TSchema {
  return example(description, { count: 1, next: null, previous: null, results: [row], ...more })
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
