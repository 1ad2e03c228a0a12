/** What can be selected, tested and ordered in any source: a field with its name, type and meaning; found in any spelling. */

import { DomainError } from '../../../base/errors.ts'
import { nearestOf } from '../../../base/nearest.ts'
import type { Filter } from '../../../job/filter.ts'
import type { Predicate } from './rule/where.ts'

/** What a row shows of a field. */
export type Cell = string | number

/** Accelerator's own three, and `decimal` for load averages. */
export type FieldType = 'integer' | 'boolean' | 'string' | 'decimal'

export interface Field<Stored extends string = string> {
  /** UPPER case, without underscores where the Accelerator has none. */
  name: string
  type: FieldType
  about: string
  /** @throws invalid when the predicate cannot be put to this field */
  test(predicate: Predicate): Filter<Stored>
  /** What is stored that orders by this field; undefined where nothing does. */
  orderBy: Stored | undefined
}

/** The fields of one source. */
export interface Catalogue<F> {
  /** What the source is called in sentences. */
  source: string
  /** In the order of `*`. */
  fields: readonly F[]
  byKey: ReadonlyMap<string, F>
}

export function catalogueOf<F extends { name: string }>(source: string, fields: readonly F[]): Catalogue<F> {
  return { source, fields, byKey: new Map(fields.map((field) => [keyOf(field.name), field])) }
}

/** The field of that name, cases and underscores ignored (Node Fields). @throws invalid, with the nearest name */
export function fieldNamed<F extends { name: string }>(catalogue: Catalogue<F>, name: string, clause: string): F {
  const field = catalogue.byKey.get(keyOf(name))
  if (field) return field
  const meant = nearestOf(
    name,
    catalogue.fields.map((known) => known.name),
  )
  const hint = meant ? `did you mean ${meant}?` : `from=fields&where=object==${catalogue.source} lists them all`
  throw new DomainError(
    'invalid',
    `${clause}: there is no field "${name.slice(0, 60)}" in ${catalogue.source}; ${hint}`,
  )
}

function keyOf(name: string): string {
  return name.replaceAll('_', '').toUpperCase()
}
