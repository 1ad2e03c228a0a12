/** One predicate of a rule as a condition on something stored, by the kind of value that is stored. */

import { DomainError, messageOf } from '../../../../base/errors.ts'
import { parseTimespec } from '../../../../base/timespec.ts'
import { type Filter, type Operator, relates, type Value } from '../../../../job/filter.ts'
import type { Predicate } from './where.ts'

const PATTERNS: readonly Operator[] = ['regex', 'regexCaseless', 'contains', 'containsCaseless', 'glob', 'globCaseless']

/** A predicate that says what it compares with: a field that stands alone is compared with nothing (0 or ''). */
export type Test = Predicate & { operator: Operator }

export function nothing(): Filter<never> {
  return { kind: 'not', of: { kind: 'all' } }
}

export function everythingIf(holds: boolean): Filter<never> {
  return holds ? { kind: 'all' } : nothing()
}

export function negatedIf<F extends string>(negated: boolean, of: Filter<F>): Filter<F> {
  return negated ? { kind: 'not', of } : of
}

/** `x` alone means `x != nothingness`. */
export function testOf(predicate: Predicate, nothingness: '0' | ''): Test {
  const { operator } = predicate
  if (operator !== 'present') return { ...predicate, operator }
  return { ...predicate, operator: 'equal', symbol: '!=', negated: true, values: [nothingness] }
}

/** @throws invalid for a pattern that cannot be read */
export function onText<F extends string>(field: F, predicate: Predicate): Filter<F> {
  const { operator, negated, values } = checkedPatterns(testOf(predicate, ''))
  return negatedIf(negated, { kind: 'compare', field, operator, values })
}

/** How typed values become numbers. */
export interface NumberReading {
  read(text: string): number | undefined
  /** What `read` takes, for sentences: `a whole number`. */
  takes: string
}

export const WHOLE_NUMBER: NumberReading = { read: readWholeNumber, takes: 'a whole number' }
export const SECONDS: NumberReading = { read: readSeconds, takes: 'whole seconds or a time such as 90s or 2h30m' }
export const DECIMAL: NumberReading = { read: readDecimal, takes: 'a number' }
export const TRUTH: NumberReading = { read: readTruth, takes: '0 or 1' }

/** @throws invalid for a pattern operator or a value that is no number */
export function onNumber<F extends string>(field: F, predicate: Predicate, reading: NumberReading): Filter<F> {
  const { operator, negated, values } = numeric(predicate, reading)
  return negatedIf(negated, { kind: 'compare', field, operator, values })
}

/** As `onNumber` for a field whose missing values are shown as `absent`, below which no stored value lies. */
export function onOptionalNumber<F extends string>(field: F, predicate: Predicate, absent: number): Filter<F> {
  const { operator, negated, values } = numeric(predicate, WHOLE_NUMBER)
  const compare: Filter<F> = { kind: 'compare', field, operator, values }
  const stored: Filter<F> = { kind: 'compare', field, operator: 'greaterOrEqual', values: [absent] }
  const holdsForAbsent = values.some((value) => relates(operator, absent, value))
  const isAbsent: Filter<F> = { kind: 'not', of: stored }
  return negatedIf(negated, holdsForAbsent ? { kind: 'or', of: [compare, isAbsent] } : compare)
}

/** Whether a value that never changes satisfies the predicate. */
export function onConstant(value: Value, predicate: Predicate): Filter<never> {
  const test = typeof value === 'number' ? numeric(predicate, WHOLE_NUMBER) : checkedPatterns(testOf(predicate, ''))
  return everythingIf(test.values.some((wanted) => relates(test.operator, value, wanted)) !== test.negated)
}

/** The predicate with its values as numbers. @throws invalid */
export function numeric(predicate: Predicate, { read, takes }: NumberReading) {
  const test = testOf(predicate, '0')
  if (PATTERNS.includes(test.operator)) {
    throw refusal(test, `is a number, and "${test.symbol}" compares text; use ==, !=, <, <=, > or >=`)
  }
  const values = test.values.map((text) => {
    const value = read(text.trim())
    if (value === undefined) throw refusal(test, `takes ${takes}, not "${text.slice(0, 60)}"`)
    return value
  })
  return { operator: test.operator, negated: test.negated, values }
}

/** @throws invalid when a regular expression or glob among the values cannot be read */
export function checkedPatterns(test: Test): Test {
  if (!PATTERNS.includes(test.operator)) return test
  for (const value of test.values) {
    try {
      relates(test.operator, '', value)
    } catch (error) {
      throw refusal(test, `cannot be matched with "${value.slice(0, 60)}": ${messageOf(error)}`)
    }
  }
  return test
}

/** A sentence that begins with the field as it was typed, and where. */
export function refusal({ field, at }: Predicate, sentence: string): DomainError {
  return new DomainError('invalid', `where: ${field} (at character ${at}) ${sentence}`)
}

function readWholeNumber(text: string): number | undefined {
  return /^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined
}

function readSeconds(text: string): number | undefined {
  const seconds = readWholeNumber(text)
  if (seconds !== undefined) return seconds
  try {
    return parseTimespec(text, '') / 1000
  } catch {
    return undefined
  }
}

function readDecimal(text: string): number | undefined {
  return /^[+-]?\d{1,15}(\.\d{1,15})?$/.test(text) ? Number(text) : undefined
}

function readTruth(text: string): number | undefined {
  const known: Readonly<Record<string, number>> = { '0': 0, false: 0, no: 0, '1': 1, true: 1, yes: 1 }
  return Object.hasOwn(known, text.toLowerCase()) ? known[text.toLowerCase()] : undefined
}
