/** How SQLite says what databases say differently. */

import type { DatabaseSync } from 'node:sqlite'
import { sql } from 'kysely'
import { relates } from '../../job/filter.ts'
import type { Fragments, PatternOperator } from '../where.ts'

export const sqliteFragments: Fragments = {
  contains: (text, part) => sql`instr(${text}, ${sql.val(part)}) > 0`,
  pattern: (operator, text, pattern) => sql`relates(${sql.lit(operator)}, ${text}, ${sql.val(pattern)})`,
}

/** Gives a connection the function that `pattern` calls: RE2, so that no pattern runs away. */
export function defineFunctions(database: DatabaseSync): void {
  database.function('relates', { deterministic: true }, (operator, value, pattern) =>
    Number(relates(operator as PatternOperator, String(value ?? ''), String(pattern))),
  )
}
