/** Filter tree to SQL with bound values; the only place where a condition of a user's becomes text. */

import { sql } from 'kysely'
import type { Instant } from '../base/clock.ts'
import { DomainError, messageOf } from '../base/errors.ts'
import { type Filter, type Operator, regexOf, type Value } from '../job/filter.ts'
import type { Condition, Expression, FieldTable } from './field-table.ts'

/** What databases say differently. */
export interface Fragments {
  contains(text: Condition, part: string): Condition
  /** One of the four pattern operators; the pattern has been checked. */
  pattern(operator: PatternOperator, text: Condition, pattern: string): Condition
}

export type PatternOperator = 'regex' | 'regexCaseless' | 'glob' | 'globCaseless'

export interface WhereContext<Field extends string> {
  columnOf: FieldTable<Field>
  fragments: Fragments
  now: Instant
}

export function whereOf<F extends string>(filter: Filter<F>, context: WhereContext<F>): Condition {
  switch (filter.kind) {
    case 'all':
      return sql`1 = 1`
    case 'and':
      return joined(filter.of, context, 'and')
    case 'or':
      return joined(filter.of, context, 'or')
    case 'not':
      return sql`not (${whereOf(filter.of, context)})`
    case 'compare':
      return comparison(filter, context)
  }
}

function joined<F extends string>(of: readonly Filter<F>[], context: WhereContext<F>, word: 'and' | 'or'): Condition {
  if (of.length === 0) return word === 'and' ? sql`1 = 1` : sql`1 = 0`
  const parts = of.map((part) => sql`(${whereOf(part, context)})`)
  return sql.join(parts, word === 'and' ? sql` and ` : sql` or `)
}

type Comparison<F extends string> = Extract<Filter<F>, { kind: 'compare' }>

function comparison<F extends string>(
  { field, operator, values }: Comparison<F>,
  { columnOf, fragments, now }: WhereContext<F>,
): Condition {
  if (values.length === 0) return sql`1 = 0`
  const { expression, nullable = false, words = [], any = (condition) => condition } = columnOf(field, now)
  const condition =
    operator === 'equal'
      ? equality(
          expression,
          values.map((value) => (words.includes(String(value)) ? sql.lit(value) : sql.val(value))),
        )
      : sql.join(
          values.map((value) => sql`(${relation(operator, expression, value, fragments)})`),
          sql` or `,
        )
  return any(nullable ? sql`coalesce((${condition}), 1 = 0)` : condition)
}

/** One value is compared as such: within a list SQLite does not recognise the condition of a partial index. */
function equality(expression: Expression, values: readonly Condition[]): Condition {
  return values.length === 1 ? sql`${expression} = ${values[0]}` : sql`${expression} in (${sql.join(values)})`
}

const SIGN = { less: '<', lessOrEqual: '<=', greater: '>', greaterOrEqual: '>=' } as const

function relation(operator: Exclude<Operator, 'equal'>, text: Condition, value: Value, fragments: Fragments) {
  switch (operator) {
    case 'less':
    case 'lessOrEqual':
    case 'greater':
    case 'greaterOrEqual':
      return sql`${text} ${sql.raw(SIGN[operator])} ${sql.val(value)}`
    case 'contains':
      return fragments.contains(text, String(value))
    case 'containsCaseless':
      return fragments.contains(sql`lower(${text})`, String(value).toLowerCase())
    default:
      return fragments.pattern(operator, text, checkedPattern(operator, String(value)))
  }
}

/** @throws invalid when a regular expression cannot be read */
function checkedPattern(operator: PatternOperator, pattern: string): string {
  if (operator === 'glob' || operator === 'globCaseless') return pattern
  try {
    regexOf(pattern, 0)
  } catch (error) {
    throw new DomainError('invalid', `"${pattern}" is not a regular expression: ${messageOf(error)}`)
  }
  return pattern
}
