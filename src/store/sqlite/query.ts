/** A query of fields and conditions as one statement with bound values. */

import { DummyDriver, Kysely, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely'
import { expressionOf } from '../columns.ts'
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

/** Rows of equal rank in the asked order come by id, so that pages never overlap. */
export function compileQuery({ fields, filter, order, limit, now }: JobQuery): Statement {
  const context = { fragments: sqliteFragments, now }
  let query = builder
    .selectFrom('job')
    .select(fields.map((field, index) => expressionOf(field, now).as(`c${index}`)))
    .where(sql<boolean>`${whereOf(filter, context)}`)
  for (const { field, descending } of order) {
    query = query.orderBy(expressionOf(field, now), descending ? 'desc' : 'asc')
  }
  if (!order.some(({ field }) => field === 'id')) query = query.orderBy('id')
  if (limit !== undefined) query = query.limit(limit)
  const { sql: text, parameters } = query.compile()
  return { text, values: parameters as SqlValue[] }
}
