/** A table as text: the Accelerator's JSON, or CSV with or without a first line of names (REST Request URLs). */

import { Readable } from 'node:stream'
import { DomainError } from '../../../base/errors.ts'
import type { Cell } from './field.ts'
import { isAtHand, type Row, type Table } from './table.ts'

const FORMATS = ['json', 'csv', 'csv-noheader'] as const
export type Format = (typeof FORMATS)[number]

export const MEDIA_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  csv: 'text/csv; charset=utf-8; header=present',
  'csv-noheader': 'text/csv; charset=utf-8; header=absent',
}

/** @throws invalid, naming the formats */
export function readFormat(text: string | undefined): Format {
  const wanted = (text ?? '').trim().toLowerCase() || 'json'
  const format = FORMATS.find((known) => known === wanted)
  if (format) return format
  throw new DomainError('invalid', `format: "${wanted.slice(0, 60)}" is not one of ${FORMATS.join(', ')}`)
}

/** One string where all rows are at hand, else a stream that never holds more than a batch of them. */
export function writeTable(table: Table, format: Format): string | Readable {
  const writer = WRITERS[format]
  if (isAtHand(table.rows)) return writer.head(table) + writer.rows(table.rows, true) + writer.tail(table)
  return Readable.from(new Pieces(table, table.rows, writer), { objectMode: false, highWaterMark: 64 * 1024 })
}

interface Writer {
  head(table: Table): string
  /** `first` for the rows that the answer begins with. */
  rows(batch: readonly Row[], first: boolean): string
  tail(table: Table): string
}

const WRITERS: Readonly<Record<Format, Writer>> = {
  json: { head: jsonHead, rows: jsonRows, tail: ({ count }) => (count === 0 ? '}' : ']}') },
  csv: { head: ({ columns }) => csvLine(columns), rows: csvRows, tail: () => '' },
  'csv-noheader': { head: () => '', rows: csvRows, tail: () => '' },
}

/** Up to the first row; the key `rows` is left out when there are none, as nc_list.py expects (tutorial 2024.1). */
function jsonHead({ query, columns, count }: Table): string {
  const head = {
    startrow: count === 0 ? 0 : 1,
    endrow: count,
    query,
    errmsg: '',
    columns: columns.map((field, col) => ({ col, field })),
  }
  const open = JSON.stringify(head).slice(0, -1)
  return count === 0 ? open : `${open},"rows":[`
}

function jsonRows(batch: readonly Row[], first: boolean): string {
  if (batch.length === 0) return ''
  const rows = JSON.stringify(batch).slice(1, -1)
  return first ? rows : `,${rows}`
}

function csvRows(batch: readonly Row[]): string {
  return batch.map(csvLine).join('')
}

function csvLine(cells: Row): string {
  return `${cells.map(csvCell).join(',')}\n`
}

/** Text that a spreadsheet would run as a formula (OWASP, CSV Injection). */
const FORMULA = /^[=+\-@\t\r\n]/

/** RFC 4180 quotes, lines ended as Unix tools expect; a text that would be a formula gets an apostrophe in front. */
function csvCell(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const safe = FORMULA.test(cell) ? `'${cell}` : cell
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** By hand and not a generator: one that was never begun would not tell the rows that nobody wants them any more. */
class Pieces implements AsyncIterableIterator<string> {
  readonly #batches: AsyncIterator<readonly Row[]>
  readonly #head: string
  readonly #tail: string
  readonly #write: Writer['rows']
  #begun = false
  #over = false

  constructor(table: Table, batches: AsyncIterable<readonly Row[]>, writer: Writer) {
    this.#batches = batches[Symbol.asyncIterator]()
    this.#head = writer.head(table)
    this.#tail = writer.tail(table)
    this.#write = writer.rows
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /** The head goes with the first batch and the tail alone: a stream takes an empty piece badly. */
  async next(): Promise<IteratorResult<string>> {
    if (this.#over) return { done: true, value: undefined }
    const { done, value } = await this.#batches.next()
    const first = !this.#begun
    this.#begun = true
    this.#over = done === true
    const head = first ? this.#head : ''
    const piece = head + (done ? this.#tail : this.#write(value, first))
    return piece === '' ? this.next() : { done: false, value: piece }
  }

  async return(): Promise<IteratorResult<string>> {
    this.#over = true
    await this.#batches.return?.()
    return { done: true, value: undefined }
  }
}
