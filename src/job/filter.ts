/** Which rows: a tree of conditions over named fields. The store makes it text; `matches` judges a row that is already here. */

import { RE2JS } from 're2js'
import { remember } from '../base/remember.ts'

export type Operator =
  | 'equal'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual'
  | 'regex'
  | 'regexCaseless'
  | 'contains'
  | 'containsCaseless'
  | 'glob'
  | 'globCaseless'

export type Value = string | number

export type Filter<Field extends string = string> =
  | { kind: 'all' }
  | { kind: 'and' | 'or'; of: readonly Filter<Field>[] }
  | { kind: 'not'; of: Filter<Field> }
  /** True when the field stands in the relation to any of the values. */
  | { kind: 'compare'; field: Field; operator: Operator; values: readonly Value[] }

export const ALL: Filter<never> = { kind: 'all' }

export function and<F extends string>(...of: Filter<F>[]): Filter<F> {
  const parts = of.filter((part) => part.kind !== 'all')
  return parts.length === 1 ? parts[0]! : parts.length === 0 ? { kind: 'all' } : { kind: 'and', of: parts }
}

/** Whether a row that is in memory satisfies the tree; absent fields equal ''. */
export function matches(filter: Filter, row: Readonly<Record<string, Value | null | undefined>>): boolean {
  switch (filter.kind) {
    case 'all':
      return true
    case 'and':
      return filter.of.every((part) => matches(part, row))
    case 'or':
      return filter.of.some((part) => matches(part, row))
    case 'not':
      return !matches(filter.of, row)
    case 'compare': {
      const value = row[filter.field] ?? ''
      return filter.values.some((wanted) => relates(filter.operator, value, wanted))
    }
  }
}

/** Whether `value` stands in the relation to `wanted`; numbers compare as numbers, everything else as text. */
export function relates(operator: Operator, value: Value, wanted: Value): boolean {
  switch (operator) {
    case 'equal':
      return typeof value === 'number' ? value === Number(wanted) : value === String(wanted)
    case 'less':
      return value < wanted
    case 'lessOrEqual':
      return value <= wanted
    case 'greater':
      return value > wanted
    case 'greaterOrEqual':
      return value >= wanted
    default:
      return textRelates(operator, String(value), String(wanted))
  }
}

type TextOperator = Exclude<Operator, 'equal' | 'less' | 'lessOrEqual' | 'greater' | 'greaterOrEqual'>

function textRelates(operator: TextOperator, value: string, wanted: string): boolean {
  switch (operator) {
    case 'contains':
      return value.includes(wanted)
    case 'containsCaseless':
      return value.toLowerCase().includes(wanted.toLowerCase())
    case 'regex':
      return regexOf(wanted, 0).matcher(value).find()
    case 'regexCaseless':
      return regexOf(wanted, RE2JS.CASE_INSENSITIVE).matcher(value).find()
    case 'glob':
      return regexOf(globToRegex(wanted), RE2JS.DOTALL).matches(value)
    case 'globCaseless':
      return regexOf(globToRegex(wanted), RE2JS.DOTALL | RE2JS.CASE_INSENSITIVE).matches(value)
  }
}

const COMPILED_LIMIT = 200
const compile = remember(
  (key) => RE2JS.compile(key.slice(key.indexOf(':') + 1), Number.parseInt(key, 10)),
  COMPILED_LIMIT,
)

/** RE2: linear in the text, so that no pattern can hold the server up. @throws when the pattern is not a regular expression */
export function regexOf(pattern: string, flags: number): RE2JS {
  return compile(`${flags}:${pattern}`)
}

/** `*`, `?` and `[...]` as a shell reads them, everything else itself. */
function globToRegex(glob: string): string {
  return glob.replace(/\[!?[^\]]+\]|[\s\S]/g, (part) => {
    if (part === '*') return '.*'
    if (part === '?') return '.'
    if (part.length > 1) return part.replace('[!', '[^')
    return RE2JS.quote(part)
  })
}
