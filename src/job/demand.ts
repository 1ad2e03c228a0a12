/** Resource expressions: what a job asks of a host, read to a tree (Resource Management, Hardware Resources). */

import { DomainError } from '../base/errors.ts'
import { remember } from '../base/remember.ts'

export type Demand =
  | { kind: 'and' | 'or'; of: readonly Demand[] }
  | { kind: 'not'; of: Demand }
  /** At least `amount` there, nothing consumed: `RAMTOTAL#128`; a bare name is `name#1`. */
  | { kind: 'has'; name: string; amount: number }
  /** Consumed while the job runs: `RAM/500`. */
  | { kind: 'take'; name: string; amount: number }

const TOKEN = /\s*(?:(&&?|\|\|?|!|\(|\))|([^\s&|!()]+))/y
const AMOUNT = /^(\d+(?:\.\d+)?)([kmgtp]?b)?$/i
/** Amounts of these are in MB (1 << 20 bytes), where a unit may say otherwise. */
const MB_PER: Readonly<Record<string, number>> = { kb: 1 / 1024, mb: 1, gb: 1024, tb: 1024 ** 2, pb: 1024 ** 3 }
const DEPTH_LIMIT = 50

/** @throws invalid, saying where reading stopped and what was expected */
export function parseResources(text: string): Demand {
  const tokens = tokenize(text)
  const cursor: Cursor = { text, tokens, at: 0, depth: 0 }
  const demand = tokens.length === 0 ? { kind: 'and' as const, of: [] } : alternatives(cursor)
  if (cursor.at < tokens.length) throw unexpected(cursor, 'the end')
  return demand
}

interface Cursor {
  text: string
  tokens: readonly string[]
  at: number
  depth: number
}

function tokenize(text: string): string[] {
  const words: string[] = []
  const pattern = new RegExp(TOKEN)
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) words.push(match[1] ?? match[2]!)
  return words
}

function alternatives(cursor: Cursor): Demand {
  const of = [conjunction(cursor)]
  while (isWord(cursor, 'or', '|', '||')) {
    cursor.at += 1
    of.push(conjunction(cursor))
  }
  return of.length === 1 ? of[0]! : { kind: 'or', of }
}

/** A blank between two terms means AND. */
function conjunction(cursor: Cursor): Demand {
  const of = [term(cursor)]
  while (cursor.at < cursor.tokens.length && !isWord(cursor, 'or', '|', '||', ')')) {
    if (isWord(cursor, 'and', '&', '&&')) cursor.at += 1
    of.push(term(cursor))
  }
  return of.length === 1 ? of[0]! : { kind: 'and', of }
}

function term(cursor: Cursor): Demand {
  const token = cursor.tokens[cursor.at]
  if (token === undefined || isWord(cursor, ')', 'and', '&', '&&', 'or', '|', '||')) throw unexpected(cursor, 'a name')
  cursor.at += 1
  if (token === '!' || token.toLowerCase() === 'not') return { kind: 'not', of: nested(cursor, term) }
  if (token !== '(') return request(cursor, token)
  const inner = nested(cursor, alternatives)
  if (cursor.tokens[cursor.at] !== ')') throw unexpected(cursor, '")"')
  cursor.at += 1
  return inner
}

function nested(cursor: Cursor, read: (cursor: Cursor) => Demand): Demand {
  cursor.depth += 1
  if (cursor.depth > DEPTH_LIMIT)
    throw new DomainError('invalid', 'resources: nested too deeply; simplify the expression')
  const demand = read(cursor)
  cursor.depth -= 1
  return demand
}

function request(cursor: Cursor, token: string): Demand {
  const split = /^([^#/]+)(?:([#/])(.+))?$/.exec(token)
  if (!split) throw unexpected({ ...cursor, at: cursor.at - 1 }, 'NAME, NAME#AMOUNT or NAME/AMOUNT')
  const [, name = '', sign, amount] = split
  if (!sign) return { kind: 'has', name, amount: 1 }
  return { kind: sign === '/' ? 'take' : 'has', name, amount: readAmount(name, amount!) }
}

function readAmount(name: string, text: string): number {
  const match = AMOUNT.exec(text)
  if (!match)
    throw new DomainError('invalid', `resources: "${text}" is no amount of ${name}; write a number such as ${name}/2`)
  const unit = match[2]?.toLowerCase()
  return Math.round(Number(match[1]) * (unit ? (MB_PER[unit] ?? 1) : 1) * 1000) / 1000
}

function isWord(cursor: Cursor, ...words: string[]): boolean {
  return words.includes(cursor.tokens[cursor.at]?.toLowerCase() ?? '')
}

function unexpected(cursor: Cursor, wanted: string): DomainError {
  const found = cursor.tokens[cursor.at]
  const where = found === undefined ? 'at its end' : `at "${found}"`
  return new DomainError('invalid', `resources: expected ${wanted} ${where} of "${cursor.text}"`)
}

/** As `parseResources`, for the same few expressions over and over. */
export const demandOf = remember(parseResources)
