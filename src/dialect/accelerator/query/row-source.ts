/** Sources that are small enough to be made when they are asked for: rows in memory, tested and ordered here. */

import { matches } from '../../../job/filter.ts'
import { type Catalogue, type Cell, catalogueOf, type Field, type FieldType } from './field.ts'
import { DECIMAL, onNumber, onText, SECONDS, TRUTH, WHOLE_NUMBER } from './rule/condition.ts'
import type { Rule } from './rule/where.ts'
import type { OrderItem } from './selection.ts'
import { filterOf, orderOf } from './selection.ts'
import type { Row } from './table.ts'

/** One thing by the names of its fields. */
export type Thing = Readonly<Record<string, Cell>>

export interface RowSource {
  kind: 'rows'
  /** Its first field names a thing in a path. */
  catalogue: Catalogue<Field>
  things(): readonly Thing[] | Promise<readonly Thing[]>
}

/** `[name, type, about]`. */
export type Column = readonly [name: string, type: FieldType | 'seconds', about: string]

export function rowCatalogue(source: string, columns: readonly Column[]): Catalogue<Field> {
  return catalogueOf(source, columns.map(fieldOf))
}

function fieldOf([name, type, about]: Column): Field {
  const reading = { integer: WHOLE_NUMBER, seconds: SECONDS, decimal: DECIMAL, boolean: TRUTH, string: undefined }[type]
  const test: Field['test'] = (predicate) => (reading ? onNumber(name, predicate, reading) : onText(name, predicate))
  return { name, about, type: type === 'seconds' ? 'integer' : type, test, orderBy: name }
}

export interface RowQuery {
  select: readonly string[]
  rule: Rule
  order: readonly OrderItem[]
  limit: number | undefined
}

/** @throws invalid for an unknown field, or a predicate that a field does not take */
export async function queryRows({ catalogue, things }: RowSource, query: RowQuery): Promise<Row[]> {
  const filter = filterOf(query.rule, catalogue)
  const order = orderOf(query.order, catalogue)
  const found = (await things()).filter((thing) => matches(filter, thing))
  const ordered = order.length === 0 ? found : found.sort((a, b) => compareBy(order, a, b))
  return ordered.slice(0, query.limit).map((thing) => query.select.map((name) => thing[name] ?? ''))
}

function compareBy(order: readonly OrderItem[], a: Thing, b: Thing): number {
  for (const { field, descending } of order) {
    const difference = compareCells(a[field] ?? '', b[field] ?? '')
    if (difference !== 0) return descending ? -difference : difference
  }
  return 0
}

function compareCells(a: Cell, b: Cell): number {
  return a < b ? -1 : a > b ? 1 : 0
}
