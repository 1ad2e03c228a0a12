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
  const complaint = CHECKS[field.type](value, field, known)
  if (complaint) throw refused(field.name, complaint)
  return value as FieldValue
}

const oneOf = (value: unknown, choices: readonly string[]) =>
  typeof value === 'string' && choices.includes(value) ? null : `"${String(value)}" is not a valid choice.`

const CHECKS: Readonly<Record<Field['type'], (value: unknown, field: Field, known: Known) => string | null>> = {
  string: (value) => (typeof value === 'string' && value.length <= 4096 ? null : 'Not a valid string.'),
  int: (value) => (Number.isSafeInteger(value) ? null : 'A valid integer is required.'),
  bool: (value) => (typeof value === 'boolean' ? null : 'Must be a valid boolean.'),
  choice: (value, { choices }) => oneOf(value, choices),
  'enum[site]': (value, _field, { sites }) => oneOf(value, sites),
  'enum[queue]': (value, _field, { queues }) => oneOf(value, queues),
}

/** The action with `*NAME` replaced; arguments whose field has no value are left out. */
export function resolveAction(action: Action, values: Readonly<Record<string, FieldValue>>): Action {
  const settled = (written: unknown) =>
    typeof written === 'string' && /^\*\w+$/.test(written) ? values[written.slice(1)] : written
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
