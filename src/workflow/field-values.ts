/** The fields of a workflow with the values of one submission, and actions with the values put in (spec/hub.md 4.3). */

import { DomainError } from '../base/errors.ts'
import type { Action, Field, FieldValue } from './workflow.ts'

export interface Known {
  sites: readonly string[]
  /** Of any site. */
  queues: readonly string[]
}

/** @throws invalid, with `details.field` `fields.NAME`, for a value that does not fit, is missing, or belongs to no field */
export function settleFields(
  fields: readonly Field[],
  given: Readonly<Record<string, unknown>>,
  known: Known,
): Record<string, FieldValue> {
  const stranger = Object.keys(given).find((name) => !fields.some((field) => field.name === name))
  if (stranger !== undefined) throw refused(stranger, 'This workflow has no such field.')
  const settled = fields.map((field) => [field.name, settle(field, given[field.name], known)] as const)
  return Object.fromEntries(settled.filter((entry): entry is [string, FieldValue] => entry[1] !== null))
}

function settle(field: Field, given: unknown, known: Known): FieldValue | null {
  const value = given ?? field.default
  if (value === null || value === undefined || value === '') {
    if (field.required) throw refused(field.name, 'This field is required.')
    return null
  }
  const fitting = fitted(field, value, known)
  if ('complaint' in fitting) throw refused(field.name, fitting.complaint)
  return fitting.value
}

type Fitting = { value: FieldValue } | { complaint: string }

/** The value as its type has it, or what is wrong with it; without `known` any name of a site or queue will do. */
export function fitted(field: Pick<Field, 'type' | 'choices'>, value: unknown, known?: Known): Fitting {
  if (field.type === 'int') return fitInteger(value)
  if (field.type === 'bool') return fitFlag(value)
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text !== 'string' || text.length > LONGEST_TEXT) return { complaint: 'Not a valid string.' }
  const choices = choicesOf(field, known)
  if (choices === undefined || choices.includes(text)) return { value: text }
  return { complaint: `"${text}" is not a valid choice.` }
}

const LONGEST_TEXT = 4096

function choicesOf({ type, choices }: Pick<Field, 'type' | 'choices'>, known?: Known): readonly string[] | undefined {
  if (type === 'choice') return choices
  if (type === 'enum[site]') return known?.sites
  return type === 'enum[queue]' ? known?.queues : undefined
}

function fitInteger(value: unknown): Fitting {
  const number = typeof value === 'string' && /^\s*[-+]?\d{1,15}\s*$/.test(value) ? Number(value) : value
  if (typeof number === 'number' && Number.isSafeInteger(number)) return { value: number }
  return { complaint: 'A valid integer is required.' }
}

/** As forms and shells write them. */
const FLAGS: Readonly<Record<string, boolean>> = {
  ...{ true: true, t: true, yes: true, y: true, on: true, '1': true },
  ...{ false: false, f: false, no: false, n: false, off: false, '0': false },
}

function fitFlag(value: unknown): Fitting {
  const word = String(value).toLowerCase()
  return Object.hasOwn(FLAGS, word) ? { value: FLAGS[word]! } : { complaint: 'Must be a valid boolean.' }
}

/** `*NAME`, for the value of a field. */
export function isReference(written: unknown): written is string {
  return typeof written === 'string' && /^\*\w+$/.test(written)
}

/** The action with `*NAME` replaced; arguments whose field has no value are left out, or null for a command. */
export function resolveAction(action: Action, values: Readonly<Record<string, FieldValue>>): Action {
  // A command names its arguments itself, and gets nothing for what has no value.
  const nothing = action.name.startsWith('dynamo.custom.') ? null : undefined
  const settled = (written: unknown) => (isReference(written) ? (values[written.slice(1)] ?? nothing) : written)
  const word = (written: string | null) => {
    const value = settled(written)
    return value === undefined || value === null ? null : String(value)
  }
  const resolved = Object.entries(action.arguments).map(([key, written]) => [key, settled(written)] as const)
  return {
    name: action.name,
    site: word(action.site),
    queue: word(action.queue),
    arguments: Object.fromEntries(resolved.filter(([, value]) => value !== undefined)),
  }
}

function refused(field: string, message: string): DomainError {
  return new DomainError('invalid', message, { field: `fields.${field}` })
}
