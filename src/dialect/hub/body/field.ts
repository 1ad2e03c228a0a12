/** What one key of a body may be, with the messages of Django REST framework's fields (spec/hub.md 2.4). */

import { readTime } from '../manners/time.ts'
import { isObject, textOf, typeName } from './python.ts'

/** What is wrong with a value: sentences, or sentences by index or member. */
export class Wrong extends Error {
  readonly messages: unknown

  constructor(...messages: readonly unknown[]) {
    super('a value does not fit')
    this.messages = messages.length === 1 && typeof messages[0] === 'object' ? messages[0] : messages
  }
}

export interface Field<Value> {
  /** As the metadata of OPTIONS names the type. */
  type: string
  label?: string
  help?: string
  isOptional?: boolean
  takesNull?: boolean
  choices?: readonly string[]
  maxLength?: number
  /** @throws Wrong */
  read(value: unknown): Value
}

export type ReadBy<F> = F extends Field<infer Value> ? Value : never

/** May be left out. */
export function optional<Value>(field: Field<Value>): Field<Value> & { isOptional: true } {
  return { ...field, isOptional: true }
}

/** May be null. */
export function nullable<Value>(field: Field<Value>): Field<Value | null> {
  return { ...field, takesNull: true }
}

interface TextRules {
  maxLength?: number
  /** Blanks at both ends belong to it: a password, a path. */
  isExact?: boolean
  mayBeBlank?: boolean
  form?: RegExp
}

export function text({ maxLength = 1000, isExact = false, mayBeBlank = false, form }: TextRules = {}): Field<string> {
  return {
    type: 'string',
    maxLength,
    read(value) {
      if (typeof value !== 'string' && typeof value !== 'number') throw new Wrong('Not a valid string.')
      const given = isExact ? String(value) : String(value).trim()
      if (given === '' && !mayBeBlank) throw new Wrong('This field may not be blank.')
      checkCharacters(given, isExact)
      if (given.length > maxLength) throw new Wrong(`Ensure this field has no more than ${maxLength} characters.`)
      if (form && !form.test(given)) throw new Wrong('This value does not match the required pattern.')
      return given
    },
  }
}

/** In what is exact, halves of characters stand for bytes of names that are no UTF-8. */
function checkCharacters(given: string, isExact: boolean): void {
  if (given.includes('\0')) throw new Wrong('Null characters are not allowed.')
  if (isExact || given.isWellFormed()) return
  const half = [...given].find((character) => !character.isWellFormed())!
  throw new Wrong(`Surrogate characters are not allowed: U+${half.charCodeAt(0).toString(16).toUpperCase()}.`)
}

export function integer({ least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number }): Field<number> {
  return {
    type: 'integer',
    read(value) {
      const number = typeof value === 'string' && /^\s*[-+]?\d{1,1000}(?:\.0*)?\s*$/.test(value) ? Number(value) : value
      if (typeof number !== 'number' || !Number.isInteger(number)) throw new Wrong('A valid integer is required.')
      if (number < least) throw new Wrong(`Ensure this value is greater than or equal to ${least}.`)
      if (number > most) throw new Wrong(`Ensure this value is less than or equal to ${most}.`)
      return number
    },
  }
}

const TRUE: readonly unknown[] = ['t', 'y', 'yes', 'true', 'on', '1', 1, true]
const FALSE: readonly unknown[] = ['f', 'n', 'no', 'false', 'off', '0', 0, false]

export const flag: Field<boolean> = {
  type: 'boolean',
  read(value) {
    const word = typeof value === 'string' ? value.trim().toLowerCase() : value
    if (TRUE.includes(word)) return true
    if (FALSE.includes(word)) return false
    throw new Wrong('Must be a valid boolean.')
  },
}

/** `read` knows further words for the same. */
export function choice<Word extends string>(
  choices: readonly Word[],
  read: (word: string) => Word | undefined = (word) => choices.find((each) => each === word),
): Field<Word> {
  return {
    type: 'choice',
    choices,
    read(value) {
      const chosen = typeof value === 'string' ? read(value) : undefined
      if (chosen !== undefined) return chosen
      throw new Wrong(`"${textOf(value).slice(0, 100)}" is not a valid choice.`)
    },
  }
}

/** A thing by its name, one of `names`. */
export function related(names: readonly string[]): Field<string> {
  return {
    type: 'field',
    read(value) {
      if (value === '') throw new Wrong('This field may not be null.')
      const name = names.find((each) => each === value)
      if (name === undefined) throw new Wrong(`Object with name=${textOf(value).slice(0, 100)} does not exist.`)
      return name
    },
  }
}

export const time: Field<number> = {
  type: 'datetime',
  read(value) {
    const at = typeof value === 'string' ? readTime(value) : undefined
    if (at !== undefined) return at
    const forms = 'YYYY-MM-DDThh:mm[:ss[.uuuuuu]][+HH:MM|-HH:MM|Z]'
    throw new Wrong(`Datetime has wrong format. Use one of these formats instead: ${forms}.`)
  },
}

export function list<Value>(of: Field<Value>, { mayBeEmpty = false } = {}): Field<Value[]> {
  return {
    type: 'list',
    read(value) {
      if (!Array.isArray(value)) throw new Wrong(`Expected a list of items but got type "${typeName(value)}".`)
      if (value.length === 0 && !mayBeEmpty) throw new Wrong('This list may not be empty.')
      const wrong: Record<string, unknown> = {}
      const read = value.map((each, index) =>
        attempt(of, each, (messages) => {
          wrong[index] = messages
        }),
      )
      if (Object.keys(wrong).length > 0) throw new Wrong(wrong)
      return read as Value[]
    },
  }
}

/** An object of any keys, each value read by `of`. */
export function dictionary<Value>(of: Field<Value>): Field<Record<string, Value>> {
  return {
    type: 'nested object',
    read(value) {
      if (!isObject(value)) throw new Wrong(`Expected a dictionary of items but got type "${typeName(value)}".`)
      const wrong: [string, unknown][] = []
      const read = Object.entries(value).map(
        ([key, each]) => [key, attempt(of, each, (messages) => wrong.push([key, messages]))] as const,
      )
      if (wrong.length > 0) throw new Wrong(Object.fromEntries(wrong))
      return Object.fromEntries(read) as Record<string, Value>
    },
  }
}

/** Whatever it is; the engine says what does not fit. */
export const anything: Field<unknown> = { type: 'field', takesNull: true, read: (value) => value }

/** The value, or undefined where it is wrong, which `complain` is told. */
export function attempt<Value>(
  field: Field<Value>,
  value: unknown,
  complain: (messages: unknown) => void,
): Value | undefined {
  if (value === null && field.takesNull) return null as Value
  if (value === null) {
    complain(['This field may not be null.'])
    return undefined
  }
  try {
    return field.read(value)
  } catch (error) {
    if (!(error instanceof Wrong)) throw error
    complain(error.messages)
    return undefined
  }
}
