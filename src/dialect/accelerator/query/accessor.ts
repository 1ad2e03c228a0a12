/** One thing by its name in a path: GET /api/v3/{object}/{id}[/{field}] (REST Request URLs; tutorial 2024.1, nc_rest_101.py). */

import type { Caller } from '../../../auth/caller.ts'
import { DomainError } from '../../../base/errors.ts'
import { padId, parseId } from '../../../base/id.ts'
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
  return jobTable(parts, caller, request)
}

/** One job is read as it is, without a query. */
async function jobTable({ engine, clock }: QueryParts, caller: Caller, request: AccessorRequest): Promise<Table> {
  const columns = columnsOf([request.field || '*'], JOB_FIELDS)
  const id = parseId(request.id)
  if (id === undefined) throw missing(request, 'an id is a number, such as 45080 or 000045080')
  const job = await engine.jobs.get(caller, id)
  const now = clock.now()
  const row = columns.map(({ show, needs: [first, second] }) =>
    show(first ? jobValue(job, first, now) : null, second ? jobValue(job, second, now) : null),
  )
  return { ...headOf(columns, request.field, `jobs WHERE idint==${id}`), count: 1, rows: [row] }
}

/** A thing that has an id is named by it, padded or not; any other by its name. */
async function thingTable({ catalogue, things }: RowSource, request: AccessorRequest): Promise<Table> {
  const columns = columnsOf([request.field || '*'], catalogue)
  const key = catalogue.fields[0]!.name
  const wanted = key === 'ID' ? padId(parseId(request.id) ?? 0) : request.id
  const found = (await things()).find((thing) => thing[key] === wanted)
  if (!found) throw missing(request, `from=${catalogue.source} lists what there is`)
  const row = columns.map(({ name }) => found[name] ?? '')
  const from =
    catalogue === PROJECT ? String(PROJECT_ID) : `${request.object} WHERE ${key.toLowerCase()}==${request.id}`
  return { ...headOf(columns, request.field, from), count: 1, rows: [row] }
}

function headOf(columns: readonly { name: string }[], field: string | undefined, from: string) {
  if (field && field !== '*') return { query: `SELECT ${field} FROM ${from}`, columns: [field] }
  return { query: `SELECT * FROM ${from}`, columns: columns.map(({ name }) => name) }
}

function missing({ object, id }: AccessorRequest, hint: string): DomainError {
  return new DomainError('not_found', `there is no "${id.slice(0, 60)}" in ${object}; ${hint}`)
}
