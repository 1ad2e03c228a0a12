/** A query of fields and conditions as one statement with bound values. */

import {
  DummyDriver,
  Kysely,
  type RawBuilder,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  sql,
} from 'kysely'
import type { Instant } from '../../base/clock.ts'
import type { Filter } from '../../job/filter.ts'
import { jobColumn } from '../columns.ts'
import type { Condition, FieldTable } from '../field-table.ts'
import type { SqlValue } from '../rows.ts'
import type { Schema } from '../schema.ts'
import type { JobQuery } from '../store.ts'
import { whereOf } from '../where.ts'
import { sqliteFragments } from './fragments.ts'

/** Builds text only; it is connected to nothing. */
const builder = new Kysely<Schema>({
  dialect: {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new DummyDriver(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  },
})

export interface Statement {
  text: string
  values: SqlValue[]
}

export function compiled(query: RawBuilder<unknown>): Statement {
  const { sql: text, parameters } = query.compile(builder)
  return { text, values: parameters as SqlValue[] }
}

export function conditionOf<F extends string>(filter: Filter<F>, columnOf: FieldTable<F>, now: Instant): Condition {
  return whereOf(filter, { columnOf, fragments: sqliteFragments, now })
}

export function direction(descending: boolean): RawBuilder<unknown> {
  return descending ? sql`desc` : sql`asc`
}

/** Rows of equal rank in the asked order come by id, so that pages never overlap. */
export function compileQuery({ fields, filter, order, limit, now }: JobQuery): Statement {
  const selected = fields.map((field) => jobColumn(field, now).expression)
  const keys = order.map(({ field, descending }) => sql`${jobColumn(field, now).expression} ${direction(descending)}`)
  if (!order.some(({ field }) => field === 'id')) keys.push(sql`id`)
  return compiled(sql`select ${sql.join(selected)} from job where ${conditionOf(filter, jobColumn, now)}
    order by ${sql.join(keys)} ${limit === undefined ? sql`` : sql`limit ${limit}`}`)
}
