/** What a client submits, read (spec/hub.md 2.6): a workflow over paths of a site. */

import type { Submission, Workflows } from '../../../engine/workflow/workflows.ts'
import type { FieldValue } from '../../../workflow/workflow.ts'
import { DISCOVERIES } from '../../../workflow/workflow.ts'
import { choice, dictionary, type Field, list, nullable, optional, related, text, Wrong } from '../body/field.ts'
import { type Read, readFields } from '../body/fields.ts'
import { isObject } from '../body/python.ts'
import type { Asked } from '../route.ts'
import { readWorkflowName } from '../words.ts'

const LONGEST_PATH = 4096
const pathText = text({ maxLength: LONGEST_PATH, isExact: true })
const stateText = text({ maxLength: 100 })

/** A path, or an object of it with the state that the rules of a workflow look at. */
const path: Field<{ path: string; state?: string }> = {
  type: 'field',
  read(value) {
    if (!isObject(value)) return { path: pathText.read(value) }
    if (value.path === undefined || value.path === null) throw new Wrong({ path: ['This field is required.'] })
    const read = { path: pathText.read(value.path) }
    return value.state === undefined || value.state === null ? read : { ...read, state: stateText.read(value.state) }
  },
}

const value: Field<FieldValue | null> = {
  type: 'field',
  takesNull: true,
  read(given) {
    if (typeof given === 'string' || typeof given === 'number' || typeof given === 'boolean') return given
    throw new Wrong('Not a valid string.')
  },
}

export const fieldValues = dictionary(value)

export const SUBMISSION = {
  workflow: text({ maxLength: 100 }),
  paths: list(path),
  site: text({ maxLength: 100 }),
  discovery: optional(nullable(choice(DISCOVERIES))),
  fields: optional(nullable(fieldValues)),
  queue: optional(nullable(text({ maxLength: 100, mayBeBlank: true }))),
}

/** Names that are none are told with what else does not fit. @throws Refused with 415, 400 */
export async function readSubmission(
  request: Asked,
  workflows: Pick<Workflows, 'list' | 'sites'>,
): Promise<Submission> {
  const known = (await workflows.list()).map(({ name }) => name)
  const fields = {
    ...SUBMISSION,
    workflow: workflowAmong(known),
    site: related(workflows.sites().map(({ name }) => name)),
  }
  const given: Read<typeof SUBMISSION> = readFields(request, fields)
  return {
    workflow: given.workflow,
    site: given.site,
    queue: given.queue ?? '',
    paths: given.paths,
    discovery: given.discovery,
    fields: withoutNulls(given.fields ?? {}),
    clientKey: request.clientKey,
    schedule: null,
  }
}

/** Also by what the pages call it. */
function workflowAmong(known: readonly string[]): Field<string> {
  const field = related(known)
  return { ...field, read: (word) => field.read(typeof word === 'string' ? readWorkflowName(word, known) : word) }
}

/** A field that is null is one that was not given. */
export function withoutNulls(fields: Readonly<Record<string, FieldValue | null>>): Record<string, FieldValue> {
  const held = Object.entries(fields).filter((entry): entry is [string, FieldValue] => entry[1] !== null)
  return Object.fromEntries(held)
}
