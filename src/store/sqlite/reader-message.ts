/** What the server's thread and the reading thread say to each other. */

import type { FieldValue } from '../../job/field.ts'
import type { SqlValue } from '../rows.ts'

export const BATCH_ROWS = 500

export type ReadRequest =
  /** All rows at once. */
  | { kind: 'rows'; id: number; text: string; values: SqlValue[] }
  /** The first batch; `counted` asks how many rows there are in all. */
  | { kind: 'open'; id: number; text: string; values: SqlValue[]; counted: boolean }
  | { kind: 'next'; id: number }
  | { kind: 'close'; id: number }

export type ReadAnswer =
  | { id: number; count?: number; rows: FieldValue[][]; done: boolean }
  | { id: number; error: string }
