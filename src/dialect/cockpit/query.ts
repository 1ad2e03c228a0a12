/** The parameters of a URL: which there may be, and ranges. Names are case-sensitive, an unknown one is refused (spec 1.6). */

import { DomainError } from '../../base/errors.ts'
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

/** @throws invalid */
export function refuseUnknown(query: Query, known: (name: string) => boolean): void {
  const unknown = Object.keys(query).find((name) => !known(name))
  if (unknown !== undefined) throw new DomainError('invalid', `invalid query parameter: ${unknown.slice(0, 100)}`)
}

export interface Range {
  from: number
  to: number
}

/** `FROM-TO`, both needed, both included. @throws invalid, calling it `name` */
export function readRange(text: string, name: string): Range {
  const parts = text.slice(0, 100).split('-')
  if (parts.length !== 2) throw invalidValue(name)
  return { from: readInteger(parts[0]!), to: readInteger(parts[1]!) }
}

export function invalidValue(name: string): DomainError {
  return new DomainError('invalid', `invalid query parameter value: ${name}`)
}

/** @throws invalid for less than 1 */
export function readPositive(query: Query, name: string, standard: number): number {
  const text = firstOf(query, name)
  if (text === undefined) return standard
  const number = readInteger(text, 'Atoi')
  if (number < 1) throw new DomainError('invalid', `${name} must be >= 1`)
  return number
}
