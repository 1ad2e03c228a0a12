/** Reads a selection rule piece by piece: names, operators and values. What they mean is the parser's business. */

import { DomainError } from '../../../../base/errors.ts'
import type { Operator } from '../../../../job/filter.ts'

export interface Cursor {
  readonly text: string
  /** Index of the next character. */
  at: number
}

export interface OperatorToken {
  /** As typed, for sentences. */
  symbol: string
  operator: Operator
  negated: boolean
}

/** Without their leading `!` (Selection Rules, table of operators). */
const OPERATORS: Readonly<Record<string, Operator>> = {
  '=': 'equal',
  '==': 'equal',
  '<': 'less',
  '<=': 'lessOrEqual',
  '>': 'greater',
  '>=': 'greaterOrEqual',
  '~': 'regex',
  '~~': 'regexCaseless',
  '^': 'contains',
  '^^': 'containsCaseless',
  ':': 'glob',
  '::': 'globCaseless',
}

const BLANKS = /[ \t\r\n\f\v]*/y
const WORD = /[A-Za-z_][A-Za-z0-9_]*/y
const OPERATOR = /!?(?:==?|~~?|\^\^?|::?)|[<>]=?/y
/** A backslash takes what follows it along; blanks, commas, brackets and the logical signs end a bare value. */
const BARE = /(?:\\[\s\S]|[^\\ \t\r\n\f\v,()&|])+/y
const QUOTED = { '"': /"((?:\\[\s\S]|[^\\"])*)"/y, "'": /'((?:\\[\s\S]|[^\\'])*)'/y } as const
const AFTER_QUOTE = /[ \t\r\n\f\v,()&|]|$/y

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at
  const found = pattern.exec(cursor.text)
  if (!found) return undefined
  cursor.at += found[0].length
  return found
}

export function skipBlanks(cursor: Cursor): void {
  take(cursor, BLANKS)
}

/** A field name or a logical word; undefined where none stands here. */
export function takeWord(cursor: Cursor): string | undefined {
  return take(cursor, WORD)?.[0]
}

/** Takes `sign` (twice in a row counts once, as `&&`) if it stands here. */
export function takeSign(cursor: Cursor, sign: string): boolean {
  if (cursor.text[cursor.at] !== sign) return false
  cursor.at += cursor.text[cursor.at + 1] === sign ? 2 : 1
  return true
}

export function takeOperator(cursor: Cursor): OperatorToken | undefined {
  const symbol = take(cursor, OPERATOR)?.[0]
  if (symbol === undefined) return undefined
  const negated = symbol.startsWith('!')
  return { symbol, negated, operator: OPERATORS[negated ? symbol.slice(1) : symbol]! }
}

/** A quoted or bare value without its quotes and escapes; undefined where none stands here. @throws invalid for an open quote */
export function takeValue(cursor: Cursor): string | undefined {
  const first = cursor.text[cursor.at]
  if (first === '"' || first === "'") return takeQuoted(cursor, first)
  return take(cursor, BARE)?.[0].replace(/\\([\\ \t\r\n\f\v,()&|"'])/g, '$1')
}

function takeQuoted(cursor: Cursor, quote: '"' | "'"): string {
  const found = take(cursor, QUOTED[quote])
  if (!found) throw expected(`the closing ${quote} of the quote`, cursor)
  AFTER_QUOTE.lastIndex = cursor.at
  if (!AFTER_QUOTE.test(cursor.text)) throw expected('a blank or comma after the closing quote', cursor)
  return found[1]!.replace(/\\([\\"'])/g, '$1')
}

/** `what` names the thing; positions are counted from 1. */
export function expected(what: string, cursor: Cursor): DomainError {
  const rest = cursor.text.slice(cursor.at)
  const found = rest === '' ? 'the end' : `"${rest.slice(0, 12)}${rest.length > 12 ? '…' : ''}"`
  return new DomainError('invalid', `where: expected ${what} at character ${cursor.at + 1}, found ${found}`)
}
