/** Arguments of a step as users write them: JSON values, or the same as text. What nobody knows is passed over. */

import { DomainError } from '../../base/errors.ts'

export type Given = Readonly<Record<string, unknown>>

export const LOCK_LEVELS = ['partial', 'implicit', 'none'] as const
export type LockLevel = (typeof LOCK_LEVELS)[number]

export const PREFERENCES = ['newest', 'local', 'ignore'] as const
export type Preference = (typeof PREFERENCES)[number]

/** @throws invalid */
export function flag(given: Given, name: string, standard = false): boolean {
  const value = given[name] ?? standard
  if (typeof value === 'boolean') return value
  const word = String(value).toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  throw refused(name, value, 'true or false')
}

/** @throws invalid */
export function count(given: Given, name: string, standard: number): number {
  const value = given[name] ?? standard
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number) && number >= 0) return number
  throw refused(name, value, 'a whole number from 0 on')
}

/** A number, or undefined where there is none. @throws invalid */
export function accountNumber(given: Given, name: string): number | undefined {
  return given[name] === undefined || given[name] === null || given[name] === '' ? undefined : count(given, name, 0)
}

/** '' where there is none. @throws invalid */
export function word(given: Given, name: string): string {
  const value = given[name] ?? ''
  if (typeof value === 'string') return value
  throw refused(name, value, 'a name')
}

/** @throws invalid */
export function choice<Word extends string>(given: Given, name: string, words: readonly Word[], standard: Word): Word {
  const value = given[name] ?? standard
  const found = words.find((one) => one === value)
  if (found !== undefined) return found
  throw refused(name, value, words.join(', '))
}

function refused(name: string, value: unknown, expected: string): DomainError {
  return new DomainError('invalid', `${name} is ${JSON.stringify(value)}: it must be ${expected}.`)
}
