/** What is wrong with a value that does not fit its schema, as one sentence with the place and what to write there. */

import type { TSchema } from 'typebox'
import Value from 'typebox/value'
import { nearestOf } from './nearest.ts'

type Complaint = ReturnType<typeof Value.Errors>[number]
type Node = Record<string, unknown>

/** `metricConfig[3].timestep is "60"; write …`, of the first complaint, unknown keys before all. Empty when the value fits. */
export function complaintOf(schema: TSchema, value: unknown): string {
  const all = Value.Errors(schema, value)
  const first = all.find((one) => strangerIn(one) !== undefined) ?? all[0]
  return first ? sentence(first, schema as Node, value) : ''
}

function sentence(complaint: Complaint, schema: Node, value: unknown): string {
  const trail = steps(complaint.instancePath)
  const stranger = strangerIn(complaint)
  if (stranger !== undefined)
    return `${placeOf([...trail, stranger])} is not known; ${hintFor(stranger, schema, complaint)}`
  const missing = missingKey(complaint)
  const place = placeOf(missing === undefined ? trail : [...trail, missing])
  const schemaSteps = steps(complaint.schemaPath.replace(/^#/, ''))
  const advice = adviceOf(schema, missing === undefined ? schemaSteps : [...schemaSteps, 'properties', missing])
  const state = missing === undefined ? `is ${shown(trail.reduce(child, value))}` : 'is missing'
  return `${place} ${state}; write ${advice}`
}

/** A key that the schema does not have. */
function strangerIn({ keyword, params }: Complaint): string | undefined {
  return keyword === 'additionalProperties'
    ? (params as { additionalProperties: string[] }).additionalProperties[0]
    : undefined
}

function hintFor(key: string, schema: Node, { schemaPath }: Complaint): string {
  const node = steps(schemaPath.replace(/^#/, '')).reduce(child, schema as unknown)
  const keys = Object.keys((child(node, 'properties') as Node | undefined) ?? {})
  const near = nearestOf(key, keys)
  return near ? `did you mean ${near}?` : `there is ${keys.join(', ')}`
}

function missingKey({ keyword, params }: Complaint): string | undefined {
  return keyword === 'required' ? (params as { requiredProperties: string[] }).requiredProperties[0] : undefined
}

/** JSON pointers escape `~` and `/`. */
function steps(pointer: string): string[] {
  const [, ...rest] = pointer.split('/')
  return rest.map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
}

function placeOf(trail: readonly string[]): string {
  const text = trail.map((step) => (/^[0-9]+$/.test(step) ? `[${step}]` : `.${step}`)).join('')
  return text.replace(/^\./, '') || 'the whole of it'
}

/** The description of the innermost schema on the way that has one. */
function adviceOf(schema: Node, path: readonly string[]): string {
  let advice = schema.description
  let node: unknown = schema
  for (const step of path) {
    node = child(node, step)
    const description = (node as Node | undefined)?.description
    if (description) advice = description
  }
  return String(advice)
}

function child(value: unknown, step: string): unknown {
  return (value as Node | null | undefined)?.[step]
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
