/** Which files a search is after: values, lists of values, ranges, wildcards, and none of these (spec/hub.md 2.6). */

import { DomainError } from '../../../base/errors.ts'
import { globOf } from '../../../workflow/glob.ts'

export type Metadata = Readonly<Record<string, unknown>>
export type Matches = (metadata: Metadata) => boolean

const RANGE: Readonly<Record<string, (value: unknown, bound: unknown) => boolean>> = {
  lt: (value, bound) => below(value, bound),
  lte: (value, bound) => !below(bound, value),
  gt: (value, bound) => below(bound, value),
  gte: (value, bound) => !below(value, bound),
}
const MOST = 100

/** @throws invalid, about `filters` */
export function matcherOf(filters: Readonly<Record<string, unknown>>): Matches {
  const all = Object.entries(filters).map(([key, wanted]) => {
    const test = testOf(key, wanted)
    return (metadata: Metadata) => key in metadata && test(metadata[key])
  })
  if (all.length > MOST) throw refused('There are too many filters.')
  return (metadata) => all.every((matches) => matches(metadata))
}

type Test = (value: unknown) => boolean

function testOf(key: string, wanted: unknown): Test {
  if (Array.isArray(wanted)) {
    const any = wanted.slice(0, MOST).map((one) => testOf(key, one))
    return (value) => any.some((test) => test(value))
  }
  if (typeof wanted === 'object' && wanted !== null) return rangeOf(key, wanted)
  if (typeof wanted !== 'string') return (value) => value === wanted
  if (wanted.startsWith('!')) {
    const not = testOf(key, wanted.slice(1))
    return (value) => !not(value)
  }
  return /[*?[]/.test(wanted) ? wildcardOf(wanted) : (value) => String(value) === wanted
}

function wildcardOf(wanted: string): Test {
  try {
    const glob = globOf(wanted)
    return (value) => glob(String(value))
  } catch {
    throw refused(`"${wanted}" is no wildcard.`)
  }
}

function rangeOf(key: string, wanted: object): Test {
  const bounds = Object.entries(wanted).map(([word, bound]): Test => {
    const compare = Object.hasOwn(RANGE, word) ? RANGE[word] : undefined
    if (!compare) throw refused(`${key}: "${word}" is none of ${Object.keys(RANGE).join(', ')}.`)
    return (value) => compare(value, bound)
  })
  return (value) => bounds.every((test) => test(value))
}

function below(one: unknown, other: unknown): boolean {
  return typeof one === 'number' && typeof other === 'number' ? one < other : String(one) < String(other)
}

function refused(message: string): DomainError {
  return new DomainError('invalid', message, { field: 'filters' })
}
