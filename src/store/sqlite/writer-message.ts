/** What the server's thread and the writing thread say to each other. */

import type { SqlValue } from '../rows.ts'

/** One statement with its bound values. */
export interface Write {
  text: string
  values: SqlValue[]
}

/** `rows` where the statement returns some. */
export interface Written {
  changes: number
  rows: Record<string, SqlValue>[]
}

/** What became of one write of a group: done, or refused by a constraint and undone alone. */
export type Outcome = Written | { refused: string }

export type WriteRequest = { kind: 'commit'; group: Write[] } | { kind: 'close' }

/** Either every outcome of the group, after its commit, or why none of it was stored. */
export type WriteAnswer = { outcomes: Outcome[] } | { failed: string }
