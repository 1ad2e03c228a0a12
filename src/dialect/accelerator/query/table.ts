/** An answer in rows and columns, before it has a format. */

import type { Cell } from './field.ts'

export type Row = readonly Cell[]

export interface Table {
  /** The query as understood, in one line. */
  query: string
  /** Names as the caller is to see them. */
  columns: readonly string[]
  /** Rows in all. */
  count: number
  /** A small answer is here at once; a large one comes in batches, and must be drained or returned. */
  rows: readonly Row[] | AsyncIterable<readonly Row[]>
}

export function isAtHand(rows: Table['rows']): rows is readonly Row[] {
  return Array.isArray(rows)
}

/**
 * At most `small` rows are gathered into a table that is at hand. The first batch is asked for at once, so that a
 * source that has begun can always be told to stop.
 */
export async function gather(table: Table, small: number): Promise<Table> {
  if (isAtHand(table.rows)) return table
  if (table.count > small) return { ...table, rows: await begun(table.rows) }
  const rows: Row[] = []
  for await (const batch of table.rows) rows.push(...batch)
  return { ...table, rows }
}

async function begun<T>(batches: AsyncIterable<T>): Promise<AsyncIterable<T>> {
  const iterator = batches[Symbol.asyncIterator]()
  let first: IteratorResult<T> | undefined = await iterator.next()
  const next = async () => {
    const result = first ?? (await iterator.next())
    first = undefined
    return result
  }
  const end = async () => (await iterator.return?.()) ?? { done: true as const, value: undefined }
  return { [Symbol.asyncIterator]: () => ({ next, return: end }) }
}
