/** What the server's thread and the writing thread say to each other. */

import type { BoundValue, SqlValue } from '../rows.ts'

/** A statement by the number that it was introduced with, and its bound values. */
export interface Write {
  statement: number
  values: BoundValue[]
}

/** `rows` where the statement returns some. */
export interface Written {
  changes: number
  rows: Record<string, SqlValue>[]
}

/** What became of one write of a group: rows changed, or rows returned, or refused by a constraint and undone alone. */
export type Outcome = number | { rows: Written['rows'] } | { refused: string }

export type WriteRequest =
  /** `introduced`: texts that the thread has not seen, with their numbers. */
  { kind: 'commit'; introduced: [number, string][]; group: Write[] } | { kind: 'close' }

/** Either every outcome of the group, after its commit, or why none of it was stored. */
export type WriteAnswer = { outcomes: Outcome[] } | { failed: string }
