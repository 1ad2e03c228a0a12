/** What the fields of a noun are in SQL, as the compiler of filters and orders needs them. */

import type { RawBuilder } from 'kysely'
import type { Instant } from '../base/clock.ts'

export type Expression = RawBuilder<string | number | null>
export type Condition = RawBuilder<unknown>

export interface FieldColumn {
  expression: Expression
  /** It may be null: a comparison with it is then false, and its negation true. */
  nullable?: boolean
  /** Words that may stand in the text instead of being bound: only so does the planner see that a partial index is meant. */
  words?: readonly string[]
  /** Of a field with many values: a condition on one of them as "any of them". */
  any?(condition: Condition): Condition
}

export type FieldTable<Field extends string> = (field: Field, now: Instant) => FieldColumn
