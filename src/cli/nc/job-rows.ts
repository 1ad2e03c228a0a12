/** Tables that the server answers, as rows with names. */

import { padId } from '../../base/id.ts'
import type { Session } from '../client/session.ts'

export type Cell = string | number

/** The answer of every GET (Accelerator, REST request URLs); `rows` is absent when there are none. */
interface Table {
  columns: { col: number; field: string }[]
  rows?: Cell[][]
}

export type Row = Record<string, Cell>

export interface Query {
  select: readonly string[]
  from: string
  where?: string | undefined
  order?: string | undefined
  limit?: number | undefined
}

/** Rows by field names in upper case. */
export async function query(session: Session, { select, from, where, order, limit }: Query): Promise<Row[]> {
  const asked = { select: select.join(','), from, where, order, limit: limit === undefined ? undefined : String(limit) }
  return rowsOf(await session.call<Table>({ method: 'GET', path: '/query', query: asked }))
}

/** All fields of one job. @throws RefusedError 404 */
export async function getJob(session: Session, id: number): Promise<Row> {
  const [row] = rowsOf(await session.call<Table>({ method: 'GET', path: `/jobs/${padId(id)}` }))
  if (!row) throw new Error(`the server answered no row for job ${id}`)
  return row
}

export async function getField(session: Session, id: number, field: string): Promise<Cell> {
  const path = `/jobs/${padId(id)}/${encodeURIComponent(field)}`
  return (await session.call<Table>({ method: 'GET', path })).rows?.[0]?.[0] ?? ''
}

function rowsOf({ columns, rows = [] }: Table): Row[] {
  const names = columns.map(({ field }) => field.toUpperCase())
  return rows.map((row) => Object.fromEntries(row.map((cell, at) => [names[at]!, cell])))
}
