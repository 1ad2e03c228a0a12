/** The metric store's own requests: write, free, debug (spec/cockpit.md 1.14, 4.1). */

import type { Readable } from 'node:stream'
import type { Caller } from '../../../auth/caller.ts'
import { mayReport } from '../../../auth/record-rights.ts'
import { DomainError } from '../../../base/errors.ts'
import type { MetricStore } from '../../../metric/metric-store.ts'
import { sendJson, sendNothing, sendText } from '../answer.ts'
import { readBody } from '../body/document.ts'
import { list, text } from '../body/shape.ts'
import { readInteger } from '../number.ts'
import { firstOf } from '../query.ts'
import type { Route } from '../route.ts'
import { unpacked } from './gunzip.ts'
import { debugSchema, freeSchema, writeSchema } from './schema.ts'

const SELECTORS = list(list(text))

/** `body` of this one is the stream itself. */
export function writeRoute(metrics: MetricStore): Route {
  return {
    methods: ['POST'],
    path: '/write/',
    schema: writeSchema,
    unpacks: true,
    async handle({ query, body, headers }, reply) {
      if (body) {
        const bytes = unpacked(body as Readable, headers['content-encoding']?.toLowerCase())
        await metrics.write(bytes, { cluster: firstOf(query, 'cluster') ?? '' })
      }
      return sendNothing(reply)
    },
  }
}

export function metricRoutes(metrics: MetricStore): Route[] {
  return [
    {
      methods: ['POST'],
      path: '/free/',
      schema: freeSchema,
      async handle({ caller, query, body }, reply) {
        requireProgram(caller)
        const to = firstOf(query, 'to')
        if (!to) throw new DomainError('invalid', "'to' is a required query parameter")
        const selectors = readBody(body, SELECTORS, 'parsing request body failed')
        return sendText(reply, `buffers freed: ${await metrics.free(readInteger(to) * 1000, selectors)}`)
      },
    },
    {
      methods: ['GET'],
      path: '/debug/',
      schema: debugSchema,
      statuses: { not_found: 400 },
      async handle({ caller, query }, reply) {
        requireProgram(caller)
        const selector = firstOf(query, 'selector') ?? ''
        const data = await metrics.describe(selector === '' ? [] : selector.split(':'))
        return sendJson(reply, { data })
      },
    },
  ]
}

/**
 * The reference lets every user with the role api in here as well; but buffers tell of everybody's jobs, and freed ones are
 * everybody's. @throws forbidden
 */
function requireProgram(caller: Caller): void {
  if (mayReport(caller)) return
  throw new DomainError('forbidden', `${caller.user} may not look at buffers: it takes the role api alone, or admin`)
}
