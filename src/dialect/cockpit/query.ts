/** The parameters of a URL: which there may be, and ranges. Names are case-sensitive, an unknown one is refused (spec/cockpit.md 1.6). */

import { DomainError } from '../../base/errors.ts'
import { nearestOf } from '../../base/nearest.ts'
import { readInteger } from './number.ts'

/** As Fastify reads them: a list where a name stands more than once. */
export type Query = Readonly<Record<string, string | readonly string[]>>

/** Every value of a parameter; none where it is absent. */
export function valuesOf(query: Query, name: string): readonly string[] {
  const value = query[name]
  return value === undefined ? [] : typeof value === 'string' ? [value] : value
}

/** The first value, as Go's servers take it. */
export function firstOf(query: Query, name: string): string | undefined {
  return valuesOf(query, name)[0]
}

/** @throws invalid, with the name that was probably meant */
export function refuseUnknown(query: Query, known: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => !known.includes(name))
  if (unknown === undefined) return
  const nearest = nearestOf(unknown, known)
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`
  throw new DomainError('invalid', `invalid query parameter: ${unknown.slice(0, 100)}${hint}`)
}

export interface Range {
  from: number
  to: number
}

/** `FROM-TO`, both needed, both included. @throws invalid, calling it `name` */
export function readRange(text: string, name: string): Range {
  const [from, to, ...more] = text.slice(0, 100).split('-')
  if (to === undefined || more.length > 0) throw invalidValue(name, RANGE)
  return { from: readNumber(from!, name, RANGE), to: readNumber(to, name, RANGE) }
}

const RANGE = 'two whole numbers, FROM-TO'

/** A whole number. @throws invalid, calling it `name` */
export function readNumber(text: string, name: string, wanted = 'a whole number'): number {
  try {
    return readInteger(text)
  } catch (error) {
    throw invalidValue(name, wanted, error)
  }
}

/** `wanted` completes the sentence "write …". */
export function invalidValue(name: string, wanted: string, cause?: unknown): DomainError {
  return new DomainError('invalid', `invalid query parameter value: ${name}; write ${wanted}`, {}, cause)
}

/** @throws invalid for less than 1 */
export function readPositive(query: Query, name: string, standard: number): number {
  const text = firstOf(query, name)
  if (text === undefined) return standard
  const number = readNumber(text, name)
  if (number < 1) throw new DomainError('invalid', `${name} must be >= 1`)
  return number
}
