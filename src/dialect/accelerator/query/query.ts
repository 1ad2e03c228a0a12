/** A query run: rows of jobs from the store, rows of everything else from memory, as a table. */

import type { Caller } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import type { FieldValue, JobField } from '../../../job/field.ts'
import { and } from '../../../job/filter.ts'
import { type Catalogue, type Cell, fieldNamed } from './field.ts'
import type { JobColumn } from './job/column.ts'
import { JOB_FIELDS } from './job/columns.ts'
import type { TableRequest } from './request.ts'
import { queryRows, type RowSource } from './row-source.ts'
import { filterOf, orderOf } from './selection.ts'
import { type JobSource, type QueryParts, sourceNamed } from './sources.ts'
import { gather, type Row, type Table } from './table.ts'

const MAX_COLUMNS = 200
/** Up to here an answer is one string; beyond, it is sent as it is read. */
const SMALL_ROWS = 1000

/**
 * Jobs come by id unless they are ordered, other things as they are. Columns are named in UPPER case.
 * @throws invalid, naming the clause and what is wrong in it
 */
export async function runQuery(parts: QueryParts, caller: Caller, request: TableRequest): Promise<Table> {
  const source = await sourceNamed(request.from, parts, caller)
  if (source.kind === 'rows') return rowTable(source, request)
  const query = jobQuery(source, request)
  const { count, batches } = await parts.engine.jobs.query(caller, query.asked)
  const columns = query.columns.map(({ name }) => name)
  return gather({ query: request.query, columns, count, rows: shown(batches, query.layout) }, SMALL_ROWS)
}

async function rowTable(source: RowSource, request: TableRequest): Promise<Table> {
  const columns = columnsOf(request.select, source.catalogue).map(({ name }) => name)
  const rows = await queryRows(source, { ...request, select: columns })
  return { query: request.query, columns, count: rows.length, rows }
}

function jobQuery(source: JobSource, { select, rule, order, limit }: TableRequest) {
  const columns = columnsOf(select, JOB_FIELDS)
  const layout = layoutOf(columns)
  const asked = {
    fields: layout.fields,
    filter: and(source.filter, filterOf(rule, JOB_FIELDS)),
    order: orderOf(order.length === 0 ? BY_ID : order, JOB_FIELDS),
    ...(limit !== undefined && { limit }),
  }
  return { columns, layout, asked }
}

const BY_ID = [{ field: 'ID', descending: false }]

/** The fields that a `select` names, `*` for all of them. @throws invalid for a name that there is not */
export function columnsOf<F extends { name: string }>(select: readonly string[], catalogue: Catalogue<F>): F[] {
  const columns = select.flatMap((name) => (name === '*' ? catalogue.fields : [fieldNamed(catalogue, name, 'select')]))
  if (columns.length <= MAX_COLUMNS) return columns
  throw new DomainError('invalid', `select: these are ${columns.length} columns; at most ${MAX_COLUMNS} are answered`)
}

/** What the columns need of the store, each field once, and from where each column takes its values. */
interface Layout {
  fields: readonly JobField[]
  cells: readonly { show: JobColumn['show']; first: number; second: number }[]
}

function layoutOf(columns: readonly JobColumn[]): Layout {
  const fields = [...new Set(columns.flatMap(({ needs }) => needs))]
  const place = (field: JobField | undefined) => (field === undefined ? -1 : fields.indexOf(field))
  const cells = columns.map(({ show, needs }) => ({ show, first: place(needs[0]), second: place(needs[1]) }))
  return { fields: fields.length === 0 ? ['id'] : fields, cells }
}

async function* shown(batches: AsyncIterable<FieldValue[][]>, layout: Layout): AsyncGenerator<Row[]> {
  for await (const batch of batches) yield batch.map((values) => rowOf(values, layout))
}

function rowOf(values: readonly FieldValue[], { cells }: Layout): Cell[] {
  return cells.map(({ show, first, second }) => show(values[first] ?? null, values[second] ?? null))
}
