/** One thing by its name in a path: GET /api/v3/{object}/{id}[/{field}] (REST Request URLs; tutorial 2024.1, nc_rest_101.py). */

import type { Caller } from '../../../auth/caller.ts'
import type { Instant } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import { parseId } from '../../../base/id.ts'
import type { Job } from '../../../job/job.ts'
import type { Cell } from './field.ts'
import type { JobColumn } from './job/column.ts'
import { JOB_FIELDS } from './job/columns.ts'
import { jobValue } from './job/values.ts'
import { PROJECT, PROJECT_ID } from './objects.ts'
import { columnsOf } from './query.ts'
import type { RowSource } from './row-source.ts'
import { objectNamed, type QueryParts, unknownObject } from './sources.ts'
import type { Table } from './table.ts'

export interface AccessorRequest {
  /** `jobs`, `project`, `hosts`, ... */
  object: string
  /** An id, padded or not; a name where things have names. */
  id: string
  /** Absent, '' or `*` for all fields. */
  field?: string | undefined
}

/**
 * One row. A single column is named as the path spells it, all of them in UPPER case.
 * @throws not_found for an unknown object or thing, invalid for an unknown field
 */
export async function readAccessor(parts: QueryParts, caller: Caller, request: AccessorRequest): Promise<Table> {
  const source = objectNamed(request.object, parts, caller)
  if (!source) {
    throw unknownObject('not_found', `there is no object "${request.object.slice(0, 60)}"`, request.object)
  }
  if (source.kind === 'rows') return thingTable(source, request)
  const columns = columnsOf([request.field || '*'], JOB_FIELDS)
  const id = parseId(request.id)
  if (id === undefined) throw missing(request, 'an id is a number, such as 45080 or 000045080')
  return showJob(await parts.engine.jobs.get(caller, id), { columns, field: request.field, now: parts.clock.now() })
}

interface JobView {
  columns: readonly JobColumn[]
  field: string | undefined
  now: Instant
}

function showJob(job: Job, { columns, field, now }: JobView): Table {
  const row = columns.map(({ show, needs: [first, second] }) =>
    show(first ? jobValue(job, first, now) : null, second ? jobValue(job, second, now) : null),
  )
  return oneRow(columns, field, row, `jobs WHERE idint==${job.id}`)
}

async function thingTable(source: RowSource, request: AccessorRequest): Promise<Table> {
  const { catalogue } = source
  const columns = columnsOf([request.field || '*'], catalogue)
  const key = catalogue.fields[0]!.name
  const isProject = catalogue === PROJECT
  const wanted = isProject ? String(parseId(request.id)) : request.id
  const found = (await source.things()).find((thing) => String(thing[isProject ? 'IDINT' : key]) === wanted)
  if (!found) throw missing(request, isProject ? `its id is ${PROJECT_ID}` : `from=${catalogue.source} lists them`)
  const row = columns.map(({ name }) => found[name] ?? '')
  const from = isProject ? String(PROJECT_ID) : `${request.object} WHERE ${key.toLowerCase()}==${request.id}`
  return oneRow(columns, request.field, row, from)
}

function oneRow(
  columns: readonly { name: string }[],
  field: string | undefined,
  row: readonly Cell[],
  from: string,
): Table {
  const all = !field || field === '*'
  const names = all ? columns.map(({ name }) => name) : [field]
  return { query: `SELECT ${all ? '*' : field} FROM ${from}`, columns: names, count: 1, rows: [row] }
}

function missing({ object, id }: AccessorRequest, hint: string): DomainError {
  return new DomainError('not_found', `there is no "${id.slice(0, 60)}" in ${object}; ${hint}`)
}
