/** A table as CSV (RFC 4180), which spreadsheets open without running anything in it. */

import { stringify } from 'csv-stringify/sync'
import { type Cell, type Column, piecesOf, type Rows } from './table.ts'

const ROWS_AT_ONCE = 1000
/** With these a spreadsheet takes a cell for a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r]/

export async function* csvOf<Row>(columns: readonly Column<Row>[], rows: Rows<Row>): AsyncGenerator<string> {
  yield stringify([columns.map(({ name }) => name)], { record_delimiter: 'windows' })
  for await (const piece of piecesOf(rows, ROWS_AT_ONCE)) {
    const cells = piece.map((row) => columns.map((column) => cellOf(column, column.value(row))))
    yield stringify(cells, { record_delimiter: 'windows' })
  }
}

/** Numbers are ours; only text can be somebody's formula. */
function cellOf<Row>({ type }: Column<Row>, value: Cell): string {
  if (value === null) return ''
  if (type === 'time') return timeOf(Number(value))
  const text = String(value)
  return typeof value === 'string' && FORMULA.test(text) ? `'${text}` : text
}

/** ISO 8601 in UTC; seconds where a date cannot be that old or far. */
function timeOf(instant: number): string {
  const date = new Date(instant)
  return Number.isNaN(date.getTime()) ? String(Math.floor(instant / 1000)) : date.toISOString()
}
