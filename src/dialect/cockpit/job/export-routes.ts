/** Lists of runs and the curves of one as files: CSV, JSON, one JSON object a line, Parquet. */

import type { Caller } from '../../../auth/caller.ts'
import type { ExportFormat, exports } from '../../../engine/record/export/exports.ts'
import type { Records } from '../../../engine/record/records.ts'
import { sendPieces } from '../answer.ts'
import { readPathNumber } from '../number.ts'
import type { Query } from '../query.ts'
import type { Route } from '../route.ts'
import { ID } from '../schema.ts'
import { readPage } from './listing.ts'
import { readCurveRequest } from './read-routes.ts'
import { exportSchema } from './schema.ts'

const EXPORT_FORMATS: readonly ExportFormat[] = ['csv', 'json', 'ndjson', 'parquet']

/** Makes a file of what it is given, piece by piece as it comes. */
export type Exports = typeof exports

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  json: 'application/json',
  ndjson: 'application/x-ndjson',
  parquet: 'application/vnd.apache.parquet',
}

export interface ExportParts {
  records: Records
  exports: Exports
}

export function exportRoutes(parts: ExportParts): Route[] {
  return EXPORT_FORMATS.flatMap((format) => [listRoute(parts, format), curvesRoute(parts, format)])
}

function listRoute({ records, exports }: ExportParts, format: ExportFormat): Route {
  return {
    methods: ['GET'],
    path: `/export/jobs.${format}`,
    schema: exportSchema(`exportJobs_${format}`, `All runs that the filters let through, as ${format}`),
    handle({ caller, query }, reply) {
      const listing = readPage(query)
      reply.header('content-disposition', `attachment; filename="jobs.${format}"`)
      return sendPieces(reply, MEDIA_TYPES[format], exports.records(records.scan(caller, listing), format))
    },
  }
}

function curvesRoute({ records, exports }: ExportParts, format: ExportFormat): Route {
  return {
    methods: ['GET'],
    path: `/export/jobs/:id/metrics.${format}`,
    schema: exportSchema(`exportMetrics_${format}`, `The curves of a run, as ${format}`, ID),
    async handle({ caller, params, query }, reply) {
      const id = readPathNumber(params.id!, 'integer expected in path for id')
      const file = await curveFile({ records, exports }, { caller, id, query, format })
      reply.header('content-disposition', `attachment; filename="job-${id}-metrics.${format}"`)
      return sendPieces(reply, MEDIA_TYPES[format], file)
    },
  }
}

interface CurveFile {
  caller: Caller
  id: number
  query: Query
  format: ExportFormat
}

async function curveFile({ records, exports }: ExportParts, { caller, id, query, format }: CurveFile) {
  const request = readCurveRequest(query)
  const record = await records.get(caller, id)
  return exports.curves(record, await records.curves(caller, id, request), format)
}
