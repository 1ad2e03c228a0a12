/** What can be read: queries, and one thing or one field of it by its path. Every answer is a table. */

import type { FastifyInstance, FastifyReply } from 'fastify'
import { type AccessorRequest, readAccessor } from './query/accessor.ts'
import { MEDIA_TYPES, readFormat, writeTable } from './query/format.ts'
import { runQuery } from './query/query.ts'
import { type QueryParams, readQuery } from './query/request.ts'
import type { QueryParts } from './query/sources.ts'
import type { Table } from './query/table.ts'
import { readJobId } from './read.ts'
import { jobFieldSchema, jobSchema, objectFieldSchema, objectSchema, querySchema, whySchema } from './table-schema.ts'

interface Asked {
  Querystring: { format?: string }
}

const config = { answersTable: true }

export function tableRoutes(scope: FastifyInstance, parts: QueryParts): void {
  const get = (path: string, schema: typeof jobSchema, fixed: Partial<AccessorRequest> = {}) =>
    scope.get<Asked & { Params: AccessorRequest }>(path, { schema, config }, ({ caller, params, query }, reply) =>
      send(reply, query.format, () => readAccessor(parts, caller, { ...params, ...fixed })),
    )
  get('/jobs/:id', jobSchema, { object: 'jobs' })
  get('/jobs/:id/', hidden(jobSchema), { object: 'jobs' })
  get('/jobs/:id/:field', jobFieldSchema, { object: 'jobs' })

  scope.get<{ Querystring: QueryParams & { format?: string } }>(
    '/query',
    { schema: querySchema, config },
    async ({ caller, query }, reply) => send(reply, query.format, () => runQuery(parts, caller, readQuery(query))),
  )

  scope.get<Asked & { Params: { id: string } }>(
    '/jobs/:id/why',
    { schema: whySchema, config },
    async ({ caller, params, query }, reply) =>
      send(reply, query.format, async () => {
        const id = readJobId(params.id)
        return whyTable(id, await parts.engine.jobs.why(caller, id))
      }),
  )

  get('/:object/:id', objectSchema)
  get('/:object/:id/', hidden(objectSchema))
  get('/:object/:id/:field', objectFieldSchema)
}

/** Serves the same under another spelling, without a second entry on the page. */
function hidden(schema: typeof jobSchema): typeof jobSchema {
  return { ...schema, hide: true }
}

/** The format is judged first, so that nothing is read in vain. */
async function send(reply: FastifyReply, format: string | undefined, ask: () => Promise<Table>): Promise<FastifyReply> {
  const wanted = readFormat(format)
  const table = await ask()
  return reply.type(MEDIA_TYPES[wanted]).send(writeTable(table, wanted))
}

function whyTable(id: number, sentences: readonly string[]): Table {
  const rows = sentences.map((sentence) => [sentence])
  return { query: `SELECT why FROM jobs WHERE idint==${id}`, columns: ['why'], count: rows.length, rows }
}
