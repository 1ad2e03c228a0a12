/** What a table of an export has for columns, in one order for every format. */

export type Cell = string | number | null
/** A moment as unix milliseconds; each format has its own way to write one. */
export type ColumnType = 'text' | 'whole' | 'fraction' | 'time' | 'json'

export interface Column<Row> {
  name: string
  type: ColumnType
  /** Text for `json`. */
  value(row: Row): Cell
}

/** Rows in pieces as they come: what a user decides the size of is never held as a whole. */
export type Rows<Row> = AsyncIterable<readonly Row[]>

/** The same rows in pieces of one size, but for the last. */
export async function* piecesOf<Row>(rows: Rows<Row>, size: number): Rows<Row> {
  let piece: Row[] = []
  for await (const batch of rows) {
    for (const row of batch) {
      piece.push(row)
      if (piece.length < size) continue
      yield piece
      piece = []
    }
  }
  if (piece.length > 0) yield piece
}
