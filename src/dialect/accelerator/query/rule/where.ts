/**
 * A selection rule as a tree (Selection Rules; Operators). Grammar:
 *
 *     rule      := and { ("|" | "OR") and }
 *     and       := not { ["&" | "AND"] not }           a blank alone means AND
 *     not       := { "!" | "NOT" } atom
 *     atom      := "(" rule ")" | FIELD [OPERATOR VALUE {"," VALUE}]
 */

import { DomainError } from '../../../../base/errors.ts'
import type { Operator } from '../../../../job/filter.ts'
import { type Cursor, expected, skipBlanks, takeOperator, takeSign, takeValue, takeWord } from './cursor.ts'

/** One condition as typed; which fields there are is not known here. */
export interface Predicate {
  field: string
  /** Position of the field in the rule, from 1. */
  at: number
  /** `present` for a field that stands alone: not 0, not empty. */
  operator: Operator | 'present'
  /** The operator as typed, '' for `present`. */
  symbol: string
  negated: boolean
  /** True for any of these; empty for `present` only. */
  values: readonly string[]
}

export type Rule =
  | { kind: 'all' }
  | { kind: 'and' | 'or'; of: readonly Rule[] }
  | { kind: 'not'; of: Rule }
  | { kind: 'predicate'; predicate: Predicate }

export const MAX_LENGTH = 10_000
const MAX_DEPTH = 100
/** Keeps what the database is asked within its own limits. */
const MAX_CONDITIONS = 250
const MAX_PATTERNS = 100

interface Parser extends Cursor {
  depth: number
  conditions: number
}

/** The tree of a rule, `all` for a blank one. @throws invalid, naming the position and what was expected there */
export function parseWhere(text: string): Rule {
  if (text.length > MAX_LENGTH) {
    throw new DomainError('invalid', `where: the rule has ${text.length} characters; at most ${MAX_LENGTH} are read`)
  }
  const parser: Parser = { text, at: 0, depth: 0, conditions: 0 }
  skipBlanks(parser)
  if (parser.at === text.length) return { kind: 'all' }
  const rule = parseOr(parser)
  if (parser.at < text.length) throw expected('a field, AND or OR', parser)
  return rule
}

function parseOr(parser: Parser): Rule {
  const of = [parseAnd(parser)]
  while (takeSign(parser, '|') || takeKeyword(parser, 'OR')) of.push(parseAnd(parser))
  return of.length === 1 ? of[0]! : { kind: 'or', of }
}

function parseAnd(parser: Parser): Rule {
  const of = [parseNot(parser)]
  while (continuesAnd(parser)) of.push(parseNot(parser))
  return of.length === 1 ? of[0]! : { kind: 'and', of }
}

/** Whether another condition follows, its `&` or `AND`, if any, taken. */
function continuesAnd(parser: Parser): boolean {
  if (takeSign(parser, '&') || takeKeyword(parser, 'AND')) return true
  const { text, at } = parser
  if (text[at] === '!' || text[at] === '(') return true
  const word = takeWord(parser)
  parser.at = at
  return word !== undefined && word.toUpperCase() !== 'OR'
}

function parseNot(parser: Parser): Rule {
  skipBlanks(parser)
  if (parser.text[parser.at] === '!') parser.at++
  else if (!takeKeyword(parser, 'NOT')) return parseAtom(parser)
  return deeper(parser, () => ({ kind: 'not', of: parseNot(parser) }))
}

function parseAtom(parser: Parser): Rule {
  if (parser.text[parser.at] !== '(') return { kind: 'predicate', predicate: parsePredicate(parser) }
  parser.at++
  const rule = deeper(parser, () => parseOr(parser))
  if (parser.text[parser.at] !== ')') throw expected('")", AND or OR', parser)
  parser.at++
  skipBlanks(parser)
  return rule
}

function parsePredicate(parser: Parser): Predicate {
  const at = parser.at + 1
  const field = takeWord(parser)
  if (field === undefined) throw expected('a field', parser)
  if (++parser.conditions > MAX_CONDITIONS) throw tooMany('conditions', MAX_CONDITIONS)
  skipBlanks(parser)
  const token = takeOperator(parser)
  if (!token) return { field, at, operator: 'present', symbol: '', negated: false, values: [] }
  const values = parseValues(parser, token.symbol)
  if (token.operator !== 'equal' && values.length > MAX_PATTERNS) throw tooMany('values of one pattern', MAX_PATTERNS)
  return { field, at, ...token, values }
}

/** One value or more with commas between them; blanks around a comma do not matter. */
function parseValues(parser: Parser, symbol: string): string[] {
  const values: string[] = []
  do {
    skipBlanks(parser)
    const value = takeValue(parser)
    if (value === undefined) throw expected(`a value after "${values.length === 0 ? symbol : ','}"`, parser)
    values.push(value)
    skipBlanks(parser)
  } while (parser.text[parser.at] === ',' && parser.at++ >= 0)
  return values
}

function takeKeyword(parser: Parser, keyword: string): boolean {
  skipBlanks(parser)
  const { at } = parser
  if (takeWord(parser)?.toUpperCase() === keyword) return true
  parser.at = at
  return false
}

function deeper(parser: Parser, parse: () => Rule): Rule {
  if (++parser.depth > MAX_DEPTH) {
    throw new DomainError(
      'invalid',
      `where: at character ${parser.at + 1} the rule nests deeper than ${MAX_DEPTH} levels`,
    )
  }
  const rule = parse()
  parser.depth--
  return rule
}

function tooMany(what: string, most: number): DomainError {
  return new DomainError(
    'invalid',
    `where: the rule has more than ${most} ${what}; split it, or use a comma list after ==`,
  )
}
