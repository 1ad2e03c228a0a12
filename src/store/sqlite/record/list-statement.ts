/** Lists of records as statements: which rows, in which order, with their tags. */

import { type RawBuilder, sql } from 'kysely'
import type { Instant } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Filter } from '../../../job/filter.ts'
import type { RecordField } from '../../../job/record-field.ts'
import type { Expression } from '../../field-table.ts'
import { RECORD_COLUMNS } from '../../record-rows.ts'
import type { RecordQuery } from '../../record-store.ts'
import { compiled, conditionOf, direction, type Statement } from '../query.ts'
import { recordColumn } from './columns.ts'

/** The tags of the record at hand, as JSON. */
const TAGS = `(select json_group_array(json_object('id', tag.id, 'type', tag.type, 'name', tag.name, 'scope', tag.scope)
  order by tag.id) from record_tag join tag on tag.id = record_tag.tag_id where record_tag.record_id = record.id) as tags`

/** What `recordOf` reads, in the order of `RECORD_ROW`. */
export const ROW = ['record.id', ...RECORD_COLUMNS.map(([name]) => `record."${name}"`), TAGS].join(', ')

/** A list of more is read in one go: setting that many ids aside first would cost more than it saves. */
const PAGE_LIMIT = 10_000

export function compileList(query: RecordQuery): Statement {
  const isPage = query.limit !== undefined && query.limit <= PAGE_LIMIT
  return compiled(isPage ? page(query) : sql`${selectRows(query)} ${window(query)}`)
}

export function compileCount(filter: Filter<RecordField>, now: Instant): Statement {
  return compiled(sql`select count(*) from record where ${conditionOf(filter, recordColumn, now)}`)
}

function selectRows({ filter, order, now }: RecordQuery): RawBuilder<unknown> {
  return sql`select ${sql.raw(ROW)} from record where ${conditionOf(filter, recordColumn, now)}
    order by ${keys(order, now)}`
}

/** The ids of the page come first, so that what is skipped or sorted is as narrow as an index allows. */
function page(query: RecordQuery): RawBuilder<unknown> {
  const { filter, order, now } = query
  const ids = sql`select record.id as page_id from record where ${conditionOf(filter, recordColumn, now)}
    order by ${keys(order, now)} ${window(query)}`
  return sql`select ${sql.raw(ROW)} from (${ids}) as page cross join record on record.id = page.page_id
    order by ${keys(order, now)}`
}

function keys(order: RecordQuery['order'], now: Instant): RawBuilder<unknown> {
  const last = { field: 'id', descending: order[0]?.descending ?? false } as const
  const all = order.some(({ field }) => field === 'id') ? order : [...order, last]
  return sql.join(all.map(({ field, descending }) => sql`${rankOf(field, now)} ${direction(descending)}`))
}

/** @throws invalid for a field with many values */
function rankOf(field: RecordField, now: Instant): Expression {
  const { expression, any } = recordColumn(field, now)
  if (any) throw new DomainError('invalid', `a job has many values of ${field}, so that jobs cannot be sorted by it`)
  return expression
}

function window({ limit, offset = 0 }: RecordQuery): RawBuilder<unknown> {
  if (limit === undefined && offset === 0) return sql``
  return sql`limit ${limit === undefined ? -1 : Math.max(0, limit)} offset ${offset}`
}
