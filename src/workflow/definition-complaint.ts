/** What does not fit the shape of a definition, in the words of Django REST framework (spec/hub.md 2.4). Pure. */

import { DomainError } from '../base/errors.ts'

/** As typebox tells it. */
export interface Misfit {
  keyword: string
  /** `/0/action`. */
  instancePath: string
  params: object
  message: string
}

interface Params {
  requiredProperties?: readonly string[]
  allowedValues?: readonly unknown[]
  type?: string
  limit?: number
  pattern?: string
}

/** `place` is a path of keys and indexes, `filter_rules.0.action.1.name`. */
export function refusedAt(place: string, message: string): DomainError {
  return new DomainError('invalid', message, { field: place })
}

/** Of the first of them that says enough. */
export function refusedMisfit(key: string, misfits: readonly Misfit[], value: unknown): DomainError {
  const misfit = ['enum', 'anyOf'].map((word) => misfits.find(({ keyword }) => keyword === word)).find(Boolean)
  const { keyword, instancePath, params, message }: Misfit & { params: Params } = misfit ?? misfits[0]!
  const keys = instancePath.split('/').slice(1)
  const [missing] = params.requiredProperties ?? []
  const place = [key, ...keys, ...(missing === undefined ? [] : [missing])].join('.')
  const found = missing === undefined ? valueAt(value, keys) : undefined
  if (found === undefined) return refusedAt(place, 'This field is required.')
  if (keyword === 'anyOf') return refusedAt(place, `It must be ${typesIn(misfits).join(' or ')}.`)
  return refusedAt(place, SENTENCES[keyword]?.(params, found) ?? `It ${message}.`)
}

function typesIn(misfits: readonly Misfit[]): string[] {
  return misfits.flatMap(({ params }: { params: Params }) => params.type ?? [])
}

function valueAt(value: unknown, keys: readonly string[]): unknown {
  return keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value)
}

const SENTENCES: Readonly<Record<string, (params: Params, value: unknown) => string>> = {
  enum: ({ allowedValues = [] }, value) =>
    `"${String(value).slice(0, 100)}" is not a valid choice. There are: ${allowedValues.join(', ')}.`,
  type: ({ type = '' }) => OF_TYPE[type] ?? `It must be of type ${type}.`,
  minItems: () => 'This list may not be empty.',
  maxItems: ({ limit }) => `Ensure this field has no more than ${limit} elements.`,
  minLength: () => 'This field may not be blank.',
  maxLength: ({ limit }) => `Ensure this field has no more than ${limit} characters.`,
  pattern: ({ pattern }) => `This value does not match the required pattern ${pattern}.`,
}

const OF_TYPE: Readonly<Record<string, string>> = {
  string: 'Not a valid string.',
  boolean: 'Must be a valid boolean.',
  array: 'Expected a list of items.',
  object: 'Expected a dictionary of items.',
}
