/** A parsed rule and a parsed order, put to the fields of one source. */

import { DomainError } from '../../../base/errors.ts'
import { and, type Filter } from '../../../job/filter.ts'
import { type Catalogue, type Field, fieldNamed } from './field.ts'
import type { Rule } from './rule/where.ts'

/** @throws invalid for an unknown field, or a predicate that a field does not take */
export function filterOf<S extends string>(rule: Rule, catalogue: Catalogue<Field<S>>): Filter<S> {
  switch (rule.kind) {
    case 'all':
      return { kind: 'all' }
    case 'and':
      return and(...rule.of.map((part) => filterOf(part, catalogue)))
    case 'or':
      return { kind: 'or', of: rule.of.map((part) => filterOf(part, catalogue)) }
    case 'not':
      return { kind: 'not', of: filterOf(rule.of, catalogue) }
    case 'predicate':
      return fieldNamed(catalogue, rule.predicate.field, 'where').test(rule.predicate)
  }
}

export interface OrderItem {
  field: string
  descending: boolean
}

export interface StoredOrder<S extends string> {
  field: S
  descending: boolean
}

const MAX_ORDER = 16

/** `FIELD [ASC|DESC]`, with commas between (vtk_select). @throws invalid */
export function parseOrder(text: string): OrderItem[] {
  const items = text.trim() === '' ? [] : text.split(',').map(parseOrderItem)
  if (items.length > MAX_ORDER) throw new DomainError('invalid', `order: at most ${MAX_ORDER} fields can be ordered by`)
  return items
}

function parseOrderItem(text: string): OrderItem {
  const [field, direction = 'asc', ...rest] = text.trim().split(/\s+/)
  const known = /^(asc|desc)$/i.test(direction) && rest.length === 0
  if (!field || !known) {
    throw new DomainError('invalid', `order: "${text.trim().slice(0, 60)}" is not FIELD, FIELD ASC or FIELD DESC`)
  }
  return { field, descending: direction.toLowerCase() === 'desc' }
}

/** @throws invalid for an unknown field or one that cannot be ordered by */
export function orderOf<S extends string>(
  order: readonly OrderItem[],
  catalogue: Catalogue<Field<S>>,
): StoredOrder<S>[] {
  return order.map(({ field: name, descending }) => {
    const { orderBy: field, name: known } = fieldNamed(catalogue, name, 'order')
    if (field === undefined) throw new DomainError('invalid', `order: ${known} cannot be ordered by`)
    return { field, descending }
  })
}
