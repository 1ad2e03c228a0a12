/** Reads one value of a body: what JSON or a text may hold made what the engine asks for, or a sentence that names the key. */

import { DomainError } from '../../../base/errors.ts'
import { parseTimespec } from '../../../base/timespec.ts'

export type Read<T> = (value: unknown, key: string) => T

export function mustBe(key: string, what: string): DomainError {
  return new DomainError('invalid', `${key} must be ${what}`)
}

export interface TextRule {
  atMostBytes: number
  /** Line breaks and tabs may stand in it; NUL never may. */
  multiline?: boolean
  blank?: boolean
}

/** Text that can be stored and given to a program as it is. */
export function text({ atMostBytes, multiline = false, blank = true }: TextRule): Read<string> {
  const forbidden = multiline ? /\0/ : /[\0-\x1f\x7f]/
  return (value, key) => {
    if (typeof value !== 'string') throw mustBe(key, 'a text')
    if (!blank && value.trim() === '') throw new DomainError('invalid', `${key} must not be empty`)
    if (Buffer.byteLength(value) > atMostBytes) throw mustBe(key, `at most ${atMostBytes} bytes long`)
    if (forbidden.test(value)) throw mustBe(key, multiline ? 'without NUL characters' : 'without control characters')
    if (!value.isWellFormed()) throw mustBe(key, 'Unicode text without lone surrogates')
    return value
  }
}

/** Path limits of Linux. */
const path = text({ atMostBytes: 4095, blank: false })

export const filePath: Read<string> = path

export const absolutePath: Read<string> = (value, key) => {
  const given = path(value, key)
  if (!given.startsWith('/')) throw mustBe(key, 'an absolute path, beginning with /')
  return given
}

const FLAGS: ReadonlyMap<string, boolean> = new Map([
  ['0', false],
  ['1', true],
  ['false', false],
  ['true', true],
  ['no', false],
  ['yes', true],
])

export const flag: Read<boolean> = (value, key) => {
  const known = isScalar(value) ? FLAGS.get(String(value).trim().toLowerCase()) : undefined
  if (known === undefined) throw mustBe(key, '0 or 1')
  return known
}

export const milliseconds: Read<number> = (value, key) => {
  if (typeof value !== 'number' && typeof value !== 'string') throw mustBe(key, 'a number or a text')
  return parseTimespec(value, key)
}

/** As milliseconds; -1 stays -1, for a duration that nobody knows. */
export const expectedMs: Read<number> = (value, key) => (String(value).trim() === '-1' ? -1 : milliseconds(value, key))

/** Words of a list or of a text with blanks between them. */
export const words: Read<string[]> = (value, key) => {
  const given = typeof value === 'string' ? value.split(/\s+/).filter((word) => word !== '') : value
  if (!Array.isArray(given) || given.length > 1000) throw mustBe(key, 'a list of at most 1000 texts')
  return given.map((word) => path(word, key))
}

/** Exit codes: `0`, `"0 1 2"`, `"0,1"`, `[0, 1]`. */
export const exitCodes: Read<number[]> = (value, key) => {
  const given = Array.isArray(value) ? value : String(value).split(/[\s,]+/)
  const codes = given.map((code) => (/^\d{1,3}$/.test(String(code).trim()) ? Number(code) : Number.NaN))
  if (codes.length === 0 || codes.length > 256 || codes.some((code) => !(code <= 255))) {
    throw mustBe(key, 'one or more exit codes from 0 to 255, such as "0 1"')
  }
  return codes
}

/** Octal digits in a text or a number, as in the shell: `"022"` and `22` are the same mask. */
export const octal: Read<number> = (value, key) => {
  const digits = isScalar(value) ? String(value) : ''
  if (!/^[0-7]{1,4}$/.test(digits)) throw mustBe(key, 'octal digits such as "022"')
  return Number.parseInt(digits, 8) & 0o777
}

/** Names and values of an object, or of a text `NAME=VALUE ...`; names and sizes as vovprop has them. */
export const properties: Read<Record<string, string>> = (value, key) => {
  const pairs = typeof value === 'string' ? pairsOf(value, key) : Object.entries(value as object)
  if (pairs.length > 200) throw mustBe(key, 'at most 200 properties')
  const given = pairs.map(([name, held]) => [name, propertyValue(name, held, key)] as const)
  return Object.fromEntries(given)
}

function pairsOf(given: string, key: string): [string, string][] {
  return given
    .split(/\s+/)
    .filter((word) => word !== '')
    .map((word) => {
      const at = word.indexOf('=')
      if (at < 1) throw mustBe(key, 'an object, or a text NAME=VALUE NAME=VALUE')
      return [word.slice(0, at), word.slice(at + 1)]
    })
}

const propertyText = text({ atMostBytes: 32_767, multiline: true })

function propertyValue(name: string, held: unknown, key: string): string {
  if (!/^[\w.-]{1,255}$/.test(name)) throw mustBe(key, 'named with letters, digits, _ . and - only')
  return propertyText(isScalar(held) ? String(held) : held, `${key} ${name}`)
}

/** The longest single argument or variable that Linux hands to a program, with its end. */
const ARGUMENT_BYTES = 131_072
const variable = text({ atMostBytes: ARGUMENT_BYTES - 1024, multiline: true })

/** A whole environment, name to value. */
export const environment: Read<Record<string, string>> = (value, key) => {
  for (const [name, held] of Object.entries(value as object)) {
    if (!/^[^=\0]{1,255}$/.test(name)) throw mustBe(key, 'an object whose names are not empty and hold no =')
    variable(held, `${key} ${name.slice(0, 60)}`)
  }
  return value as Record<string, string>
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
