/** The dialect's operations on the API page: what each refuses with, beside what it answers. */

import type { FastifySchema } from 'fastify'
import Type, { type TSchema } from 'typebox'
import { describeOperation, type Operation } from '../../http/operation.ts'

interface Described extends Operation {
  /** Statuses of refusals. */
  refusals?: readonly number[]
}

export function describe({ refusals = [], answers, ...operation }: Described): FastifySchema {
  return describeOperation({ ...operation, answers: { ...answers, ...refused(refusals) } })
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
