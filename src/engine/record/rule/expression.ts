/**
 * Conditions and sums of rules. Rules of the reference are written for expr-lang; these are read as CEL, with what the two
 * have in common made to mean the same: whole numbers and fractions mix freely, and `and`, `or`, `not` are words too.
 */

import { Environment } from '@marcbachmann/cel-js'
import { messageOf } from '../../../base/errors.ts'

export type RuleValue = string | number | boolean | RuleScope
/** What the names of an expression stand for. */
export interface RuleScope {
  readonly [name: string]: RuleValue
}

export type Expression = (scope: RuleScope) => unknown

const LIMITS = { maxAstNodes: 2000, maxDepth: 64, maxListElements: 200, maxMapEntries: 64, maxCallArguments: 16 }

const environment = new Environment({ unlistedVariablesAreDyn: true, limits: LIMITS })
const SUMS: Readonly<Record<string, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
}
for (const [sign, sum] of Object.entries(SUMS)) {
  const mixed = (a: number | bigint, b: number | bigint) => sum(Number(a), Number(b))
  environment.registerOperator(`int ${sign} double`, mixed)
  environment.registerOperator(`double ${sign} int`, mixed)
}
environment.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b)
environment.registerOperator('double % double', (a: number, b: number) => a % b)

const WORDS: Readonly<Record<string, string>> = { and: '&&', or: '||', not: '!' }
const TEXT_OR_WORD = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![.\w])(?:and|or|not)(?!\w)/g

/** @throws Error with the place in the expression */
export function readExpression(text: string): Expression {
  try {
    const parsed = environment.parse(text.replace(TEXT_OR_WORD, (found) => WORDS[found] ?? found))
    return (scope) => parsed(scope as Record<string, unknown>)
  } catch (error) {
    throw new Error(firstLines(error), { cause: error })
  }
}

/** What a variable may hold. @throws Error for lists and the like */
export function plainOf(value: unknown): number | string | boolean {
  if (typeof value === 'bigint') return Number(value)
  if (typeof value === 'number' || typeof value === 'string' || typeof value === 'boolean') return value
  throw new Error('it gives neither a number nor a text nor yes or no')
}

/** @throws Error for anything but yes or no */
export function truthOf(value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new Error('it is not a condition: it gives neither true nor false')
}

/** The complaint, and in brackets the place that CEL draws below it. */
function firstLines(error: unknown): string {
  const [complaint = '', ...drawing] = messageOf(error).split('\n')
  const caret = drawing.find((line) => /^\s*\^/.test(line))
  const place = caret ? caret.indexOf('^') - PREFIX : -1
  return place > 0 ? `${complaint} (at character ${place})` : complaint
}

/** `>    1 | ` stands before the expression; characters count from 1. */
const PREFIX = 8
