/** A table as Parquet, a row group at a time. */

import { setImmediate } from 'node:timers/promises'
import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer'
import { type Cell, type Column, type ColumnType, piecesOf, type Rows } from './table.ts'

/** Of one group: some ten milliseconds of work. */
const ROWS_AT_ONCE = 2000

/** No date is later, nor is one so much earlier than 1970. */
const LAST_DATE_MS = 8.64e15

const TYPES = { text: 'STRING', whole: 'INT64', fraction: 'DOUBLE', time: 'TIMESTAMP', json: 'JSON' } as const

export async function* parquetOf<Row>(columns: readonly Column<Row>[], rows: Rows<Row>): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter()
  const schema = schemaFromColumnData({ columnData: columns.map((column) => columnOf(column, [])) })
  const writer = new ParquetWriter({ writer: bytes, schema, createdBy: 'yardmaster' })
  for await (const piece of piecesOf(rows, ROWS_AT_ONCE)) {
    await writer.write({ columnData: columns.map((column) => columnOf(column, piece)), rowGroupSize: piece.length })
    yield taken(bytes)
    await setImmediate()
  }
  await writer.finish()
  yield taken(bytes)
}

function columnOf<Row>(column: Column<Row>, rows: readonly Row[]) {
  const data = rows.map((row) => encoded(column.type, column.value(row)))
  return { name: column.name, type: TYPES[column.type], nullable: true, data }
}

function encoded(type: ColumnType, value: Cell): unknown {
  if (value === null) return null
  if (type === 'whole') return BigInt(Math.trunc(Number(value)))
  if (type === 'time') return Math.abs(Number(value)) <= LAST_DATE_MS ? new Date(Number(value)) : null
  return type === 'json' ? JSON.parse(String(value)) : value
}

/** What was written since, and the buffer free for what comes; offsets in the file go on. */
function taken(bytes: ByteWriter): Uint8Array {
  const piece = bytes.getBytes().slice()
  bytes.index = 0
  return piece
}
