/** A workflow's definition read from what a user sent (JSON, or YAML made JSON), with messages by key; and shown again. */

import Type, { type Static, type TSchema } from 'typebox'
import Value from 'typebox/value'
import { refusedAt, refusedMisfit } from './definition-complaint.ts'
import { fitted, isReference } from './field-values.ts'
import { globOf } from './glob.ts'
import { complaintAbout, complaintAboutOptions } from './step.ts'
import { type Action, DISCOVERIES, type Field, type FilterRule, type Workflow } from './workflow.ts'

const LONGEST_NAME = 100
const text = Type.String({ maxLength: 1000 })
const globs = Type.Optional(Type.Array(Type.String({ minLength: 1, maxLength: 1000 }), { maxItems: 1000 }))

const ACTION = Type.Object({ name: Type.String({ minLength: 1, maxLength: 200 }) })
const RULE = Type.Object({
  type: Type.Enum(['file', 'directory', 'symlink', 'all', 'link', 'folder']),
  state: Type.String({ minLength: 1, maxLength: 100 }),
  action: Type.Array(ACTION, { minItems: 1, maxItems: 50 }),
  include: globs,
  exclude: globs,
  description: Type.Optional(text),
})
const FIELD = Type.Object({
  name: Type.String({ pattern: '^[A-Za-z_][A-Za-z0-9_]{0,99}$' }),
  label: Type.Optional(text),
  type: Type.Enum(['string', 'int', 'bool', 'choice', 'enum[site]', 'enum[queue]']),
  choices: Type.Optional(Type.Array(text, { minItems: 1, maxItems: 1000 })),
  default: Type.Optional(Type.Union([text, Type.Number(), Type.Boolean(), Type.Null()])),
  value: Type.Optional(Type.Union([text, Type.Number(), Type.Boolean(), Type.Null()])),
  required: Type.Optional(Type.Boolean()),
})

/** What each key may be; `required` are those without which nothing can be created (spec/hub.md 4.1). */
const KEYS: Readonly<Record<string, TSchema>> = {
  name: Type.String({ pattern: `^[^\\s/]{1,${LONGEST_NAME}}$` }),
  label: Type.String({ minLength: 1, maxLength: LONGEST_NAME }),
  icon_classes: Type.Array(text, { maxItems: 20 }),
  discovery: Type.Union([Type.Enum([...DISCOVERIES]), Type.Null()]),
  discovery_options: Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]),
  enabled: Type.Boolean(),
  visible: Type.Boolean(),
  fields: Type.Array(FIELD, { maxItems: 100 }),
  filter_rules: Type.Array(RULE, { minItems: 1, maxItems: 100 }),
}
const REQUIRED = ['name', 'label', 'icon_classes', 'filter_rules', 'fields']
const STANDARD = {
  discovery: null,
  discovery_options: null,
  enabled: true,
  visible: true,
  icon_classes: [],
  fields: [],
}
/** The words of newer versions for the same. */
const TYPE_WORDS: Readonly<Record<string, FilterRule['type']>> = { link: 'symlink', folder: 'directory' }

export type Definition = Omit<Workflow, 'id' | 'builtIn'>

/** @throws invalid, with `details.field`, for the first key that does not fit or is missing */
export function readDefinition(value: unknown): Definition {
  const given = checkKeys(value)
  const missing = REQUIRED.find((key) => given[key] === undefined)
  if (missing) throw refusedAt(missing, 'This field is required.')
  return shape({ ...STANDARD, ...given })
}

/** What there is with the keys that were given put in whole. @throws invalid */
export function changeDefinition(before: Workflow, value: unknown): Definition {
  return shape({ ...showDefinition(before), ...checkKeys(value) })
}

/** In the form in which a user writes it. */
export function showDefinition(workflow: Definition): Record<string, unknown> {
  return {
    name: workflow.name,
    label: workflow.label,
    icon_classes: workflow.iconClasses,
    discovery: workflow.discovery,
    discovery_options: workflow.discoveryOptions,
    enabled: workflow.enabled,
    visible: workflow.visible,
    fields: workflow.fields.map(showField),
    filter_rules: workflow.filterRules.map(showRule),
  }
}

type Given = Record<string, unknown>
interface Checked {
  name: string
  label: string
  icon_classes: string[]
  discovery: Workflow['discovery']
  discovery_options: Workflow['discoveryOptions']
  enabled: boolean
  visible: boolean
  fields: Static<typeof FIELD>[]
  filter_rules: Static<typeof RULE>[]
}

function checkKeys(value: unknown): Given {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw refusedAt('non_field_errors', 'Invalid data. Expected a dictionary.')
  const known = Object.entries(KEYS).filter(([key]) => Object.hasOwn(value, key))
  const given = Object.fromEntries(known.map(([key]) => [key, (value as Given)[key]]))
  for (const [key, schema] of known) {
    const misfits = Value.Errors(schema, given[key])
    if (misfits.length > 0) throw refusedMisfit(key, misfits, given[key])
  }
  return given
}

/** Every key was checked against its schema. */
function shape(checked: Given): Definition {
  const given = checked as unknown as Checked
  const wrong = complaintAboutOptions(given.discovery_options ?? {})
  if (wrong) throw refusedAt(`discovery_options.${wrong.key}`, wrong.message)
  const fields = given.fields.map((field, index) => readField(field, `fields.${index}`))
  const twice = fields.findIndex(({ name }, index) => fields.findIndex((other) => other.name === name) < index)
  if (twice >= 0) throw refusedAt(`fields.${twice}.name`, 'Another field has this name.')
  const filterRules = given.filter_rules.map((rule, index) => readRule(rule, fields, `filter_rules.${index}`))
  return {
    name: given.name,
    label: given.label,
    iconClasses: given.icon_classes,
    discovery: given.discovery,
    discoveryOptions: given.discovery_options,
    enabled: given.enabled,
    visible: given.visible,
    fields,
    filterRules,
  }
}

function readField(field: Static<typeof FIELD>, place: string): Field {
  const standard = field.value ?? field.default ?? null
  const choices = field.choices ?? []
  if (field.type === 'choice' && choices.length === 0)
    throw refusedAt(`${place}.choices`, 'A field of type choice needs choices.')
  const fitting = standard === null ? { value: null } : fitted({ type: field.type, choices }, standard)
  if ('complaint' in fitting) throw refusedAt(`${place}.default`, fitting.complaint)
  const { name, label = field.name, type, required = standard === null } = field
  return { name, label, type, choices, default: fitting.value, required }
}

function readRule(rule: Static<typeof RULE>, fields: readonly Field[], place: string): FilterRule {
  const { include = [], exclude = [] } = rule
  for (const [key, globs] of Object.entries({ include, exclude }))
    for (const [index, glob] of globs.entries()) checkGlob(glob, `${place}.${key}.${index}`)
  return {
    type: TYPE_WORDS[rule.type] ?? (rule.type as FilterRule['type']),
    state: rule.state,
    include,
    exclude,
    description: rule.description ?? '',
    actions: rule.action.map((action, index) => readAction(action, fields, `${place}.action.${index}`)),
  }
}

function readAction({ name, site, queue, ...rest }: Given, fields: readonly Field[], place: string): Action {
  for (const [key, value] of Object.entries({ site, queue, ...rest })) checkReference(value, fields, `${place}.${key}`)
  const wrong = complaintAbout(String(name), rest)
  if (wrong) throw refusedAt(`${place}.${wrong.key}`, wrong.message)
  return {
    name: String(name),
    site: wordOf(site, `${place}.site`),
    queue: wordOf(queue, `${place}.queue`),
    arguments: rest,
  }
}

function wordOf(value: unknown, place: string): string | null {
  if (value === undefined || value === null || value === '') return null
  if (typeof value === 'string') return value
  throw refusedAt(place, 'It must be a name, or "*NAME" of a field.')
}

function checkReference(value: unknown, fields: readonly Field[], place: string): void {
  if (!isReference(value) || fields.some(({ name }) => name === value.slice(1))) return
  const known = fields.length === 0 ? 'There are no fields' : `The fields: ${fields.map(({ name }) => name).join(', ')}`
  throw refusedAt(place, `${value} names no field: add one, or take the star away. ${known}.`)
}

function checkGlob(glob: string, place: string): void {
  try {
    globOf(glob)
  } catch {
    throw refusedAt(place, `"${glob}" is not a glob.`)
  }
}

function showField({ name, label, type, choices, default: standard, required }: Field): Given {
  return { name, label, type, ...(choices.length > 0 ? { choices } : {}), default: standard, required }
}

function showRule({ type, state, include, exclude, description, actions }: FilterRule): Given {
  const globs = { ...(include.length > 0 ? { include } : {}), ...(exclude.length > 0 ? { exclude } : {}) }
  const action = actions.map(({ name, site, queue, arguments: rest }) => ({
    name,
    ...(site === null ? {} : { site }),
    ...(queue === null ? {} : { queue }),
    ...rest,
  }))
  return { type, state, action, ...globs, ...(description === '' ? {} : { description }) }
}
