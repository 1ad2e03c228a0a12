/** What the table routes take and answer. */

import type { FastifySchema } from 'fastify'
import Type from 'typebox'
import { tableRefusals } from './refusals.ts'
import { Id, JobParams } from './schema.ts'

const Format = Type.Optional(
  Type.String({ description: 'json (the default), csv, or csv-noheader.', examples: ['json'] }),
)
const FormatQuery = Type.Object({ format: Format }, { additionalProperties: false })

const Cell = Type.Unsafe({ type: ['string', 'integer', 'number'] })
const Table = Type.Object({
  startrow: Type.Integer(),
  endrow: Type.Integer(),
  query: Type.String(),
  errmsg: Type.String(),
  columns: Type.Array(Type.Object({ col: Type.Integer(), field: Type.String() })),
  rows: Type.Optional(Type.Array(Type.Array(Cell))),
})

function tableAnswer(query: string, fields: readonly string[], row: readonly (string | number)[]) {
  const columns = fields.map((field, col) => ({ col, field }))
  const example = { startrow: 1, endrow: 1, query, errmsg: '', columns, rows: [row] }
  const content = {
    'application/json': { schema: { ...Table, examples: [example] } },
    'text/csv': { schema: { type: 'string', examples: [`${fields.join(',')}\n${row.join(',')}\n`] } },
  }
  return { description: 'Rows and columns; `rows` is absent when there are none.', content }
}

export const jobSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'getJob',
  summary: 'Query all fields on a single job.',
  description: 'The same with `/` or `/*` after the ID.',
  params: JobParams,
  querystring: FormatQuery,
  response: {
    200: tableAnswer('SELECT * FROM jobs WHERE idint==1138', ['ID', 'STATUSNC'], ['000001138', 'Running']),
    ...tableRefusals(400, 401, 403, 404),
  },
}

export const jobFieldSchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'getJobField',
  summary: 'Query single field on a single job.',
  description: 'Fields are listed by `/query?from=fields`.',
  params: Type.Object({ id: Id, field: Type.String({ description: 'Name of the field.', examples: ['status'] }) }),
  querystring: FormatQuery,
  response: {
    200: tableAnswer('SELECT status FROM jobs WHERE idint==1138', ['status'], ['VALID']),
    ...tableRefusals(400, 401, 403, 404),
  },
}

export const whySchema: FastifySchema = {
  tags: ['jobs'],
  operationId: 'whyJob',
  summary: 'Why a job is in its state',
  description: 'One sentence a row: what a queued job waits for, how a failed one ended. An extension of ours.',
  params: JobParams,
  querystring: FormatQuery,
  response: {
    200: tableAnswer('SELECT why FROM jobs WHERE idint==1138', ['why'], ['waits for a free slot on myhost']),
    ...tableRefusals(400, 401, 403, 404),
  },
}

export const querySchema: FastifySchema = {
  tags: ['query'],
  operationId: 'query',
  summary: 'Query anything',
  description: 'As `vovselect`: columns, a source, a selection rule, an order and a limit.',
  querystring: Type.Object(
    {
      select: text('Fields with commas between, or *.', 'id,statusnc,priorityPP,host,command'),
      from: text('A source: jobs, hosts, users, System:User:NAME, ...; see from=objects.', 'jobs'),
      where: text('Selection rule.', 'statusnc==Running'),
      order: text('FIELD [ASC|DESC], with commas between.', 'id DESC'),
      limit: text('At most so many rows.', '10'),
      format: Format,
    },
    { additionalProperties: false },
  ),
  response: {
    200: tableAnswer('SELECT id,statusnc FROM jobs LIMIT 10', ['ID', 'STATUSNC'], ['000001138', 'Running']),
    ...tableRefusals(400, 401, 403, 503),
  },
}

function text(description: string, example: string) {
  return Type.Optional(Type.String({ description, examples: [example] }))
}

const ObjectParams = { object: Type.String({ examples: ['project'] }), id: Type.String({ examples: ['1'] }) }

export const objectSchema: FastifySchema = {
  tags: ['objects'],
  operationId: 'getObject',
  summary: 'Query all fields on a single object.',
  description: 'Objects are listed by `/query?from=objects`. The project has the ID 1.',
  params: Type.Object(ObjectParams),
  querystring: FormatQuery,
  response: {
    200: tableAnswer('SELECT * FROM 1', ['PROJECT', 'VERSION'], ['vnc', '0.1.0']),
    ...tableRefusals(400, 401, 403, 404),
  },
}

export const objectFieldSchema: FastifySchema = {
  tags: ['objects'],
  operationId: 'getObjectField',
  summary: 'Query single field on a single object.',
  params: Type.Object({ ...ObjectParams, field: Type.String({ examples: ['version'] }) }),
  querystring: FormatQuery,
  response: {
    200: tableAnswer('SELECT version FROM 1', ['version'], ['0.1.0']),
    ...tableRefusals(400, 401, 403, 404),
  },
}
