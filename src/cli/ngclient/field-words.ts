/** `--field NAME=VALUE` words made the values that a workflow asks for. Pure. */

import { nearestOf } from '../../base/nearest.ts'
import { UsageError } from '../failure.ts'
import type { HubField } from './hub/workflow.ts'

/** @throws UsageError for a word without `=`, a field that the workflow has not, a value that is not of its type */
export function readFields(words: readonly string[], fields: readonly HubField[]): Record<string, unknown> {
  return Object.fromEntries(words.map((word) => readField(word, fields)))
}

function readField(word: string, fields: readonly HubField[]): [string, unknown] {
  const [, name, value] = /^([^=]+)=([\s\S]*)$/.exec(word) ?? []
  if (name === undefined || value === undefined) throw new UsageError(`--field takes NAME=VALUE, not "${word}"`)
  const field = fields.find((one) => one.name === name)
  if (field) return [name, readValue(value, field)]
  const names = fields.map((one) => one.name)
  const near = nearestOf(name, names)
  const known = names.length > 0 ? `; it asks for ${names.join(', ')}` : ''
  throw new UsageError(`the workflow has no field ${name}${near ? `; did you mean ${near}?` : known}`)
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  false: false,
  no: false,
  off: false,
}

function readValue(text: string, { name, type }: HubField): unknown {
  if (type === 'bool') {
    const value = BOOLEANS[text.toLowerCase()]
    if (value === undefined) throw new UsageError(`the field ${name} is true or false, not "${text}"`)
    return value
  }
  if (type !== 'int') return text
  if (!/^-?\d{1,15}$/.test(text)) throw new UsageError(`the field ${name} is a whole number, not "${text}"`)
  return Number(text)
}
