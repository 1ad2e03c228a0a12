/** What may be read of runs, by programs and by users alike: lists, one run, its curves (spec/cockpit.md 1.6 to 1.8). */

import type { Caller } from '../../../auth/caller.ts'
import { DomainError, isDomainError, messageOf } from '../../../base/errors.ts'
import type { CurveRequest, Records } from '../../../engine/record/records.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { JobMetric } from '../../../metric/metric.ts'
import { JSON_TYPE, sendJson, sendPieces } from '../answer.ts'
import { readBody } from '../body/document.ts'
import { readInteger, readPathNumber } from '../number.ts'
import { firstOf, type Query, readPositive, valuesOf } from '../query.ts'
import type { Route } from '../route.ts'
import { readScope } from '../words.ts'
import { curveList, curvesByMetric } from './curves.ts'
import { METRICS_BODY } from './job-body.ts'
import { sendList } from './list-answer.ts'
import { readPage } from './listing.ts'
import type { JobParts } from './routes.ts'
import { curvesSchema, jobMetricsSchema, jobSchema, listSchema } from './schema.ts'
import { showJob } from './show.ts'

const NOT_FOUND_IS_422 = { not_found: 422 }

export function readRoutes(parts: JobParts): Route[] {
  return [listRoute(parts), ...oneRoutes(parts), curvesRoute(parts)]
}

function listRoute({ records, clock }: JobParts): Route {
  return {
    methods: ['GET'],
    path: '/jobs/',
    schema: listSchema,
    handle: ({ caller, query }, reply) => sendList(reply, { records, now: clock.now() }, caller, readPage(query)),
  }
}

function oneRoutes({ records, clock }: JobParts): Route[] {
  const readId = (text: string) => readPathNumber(text, 'integer expected in path for id')
  const meta = (record: JobRecord) =>
    JSON.stringify(showJob(record, { now: clock.now(), withMetaData: true, withStatistics: true }))
  return [
    {
      methods: ['GET'],
      path: '/jobs/:id',
      schema: jobSchema,
      statuses: NOT_FOUND_IS_422,
      async handle({ caller, params, query }, reply) {
        const record = await findRecord(records, caller, readId(params.id!))
        const wanted = firstOf(query, 'all-metrics') === 'true'
        const curves = wanted ? await records.curves(caller, record.id, { scopes: scopesOf(record) }) : undefined
        const data = curves ? curvesByMetric(curves) : ['null']
        return sendPieces(reply, JSON_TYPE, joined(`{"Meta":${meta(record)},"Data":`, data, '}\n'))
      },
    },
    {
      methods: ['POST'],
      path: '/jobs/:id',
      schema: jobMetricsSchema,
      statuses: NOT_FOUND_IS_422,
      async handle({ caller, params, body }, reply) {
        const id = readId(params.id!)
        const metrics = readBody(body, METRICS_BODY, 'decoding request failed')
        const record = await findRecord(records, caller, id)
        const curves = await someCurves(records, caller, id, { metrics, scopes: scopesOf(record) })
        return sendPieces(reply, JSON_TYPE, joined(`{"Meta":${meta(record)},"Data":`, curveList(curves), '}\n'))
      },
    },
  ]
}

/** Asked for no metric, there is nothing to read. */
async function someCurves(records: Records, caller: Caller, id: number, request: CurveRequest): Promise<JobMetric[]> {
  return request.metrics?.length === 0 ? [] : records.curves(caller, id, request)
}

/** @throws not_found in the words of the reference, also for a run that the caller may not see */
async function findRecord(records: Records, caller: Caller, id: number): Promise<JobRecord> {
  try {
    return await records.get(caller, id)
  } catch (error) {
    if (!isDomainError(error, 'not_found')) throw error
    throw new DomainError('not_found', `finding job with db id ${id} failed: ${error.message}`, error.details, error)
  }
}

/** Of a run on one node its cores are of interest (spec/cockpit.md 1.7). */
function scopesOf({ numNodes }: JobRecord): ['core' | 'node'] {
  return numNodes === 1 ? ['core'] : ['node']
}

function curvesRoute({ records }: JobParts): Route {
  return {
    methods: ['GET'],
    path: '/jobs/metrics/:id',
    schema: curvesSchema,
    async handle({ caller, params, query }, reply) {
      const request = readCurveRequest(query)
      try {
        const curves = await records.curves(caller, readInteger(params.id!), request)
        const text = joined('{"data":{"jobMetrics":', curveList(curves), '},"error":null}\n')
        return await sendPieces(reply, JSON_TYPE, text)
      } catch (error) {
        if (!isAnswered(error)) throw error
        return sendJson(reply, { data: null, error: { message: messageOf(error) } })
      }
    },
  }
}

/** What this route says with 200 (spec/cockpit.md, not-found matrix). */
function isAnswered(error: unknown): boolean {
  return isDomainError(error, 'not_found') || isDomainError(error, 'forbidden') || isDomainError(error, 'invalid')
}

/** @throws invalid */
export function readCurveRequest(query: Query): CurveRequest {
  const metrics = valuesOf(query, 'metric')
  const scopes = valuesOf(query, 'scope').map(readScope)
  return {
    ...(metrics.length > 0 && { metrics }),
    scopes: scopes.length > 0 ? [...new Set(scopes)] : ['node'],
    ...(query.points !== undefined && { mostPoints: readPositive(query, 'points', 1) }),
  }
}

function* joined(begin: string, parts: Iterable<string>, end: string): Generator<string> {
  yield begin
  yield* parts
  yield end
}
