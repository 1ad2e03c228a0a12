/** A workflow's definition (spec/hub.md 4.1-4.3). Pure data; `definition.ts` reads it from JSON or YAML. */

export const DISCOVERIES = ['recursive', 'snapdiff', 'bidirectional_snapdiff'] as const
export type Discovery = (typeof DISCOVERIES)[number]

/** A parameter that is asked for at submission; `*NAME` in an action stands for its value. */
export interface Field {
  name: string
  label: string
  type: 'string' | 'int' | 'bool' | 'choice' | 'enum[site]' | 'enum[queue]'
  choices: readonly string[]
  default: FieldValue | null
  required: boolean
}

export type FieldValue = string | number | boolean

/** One step: a task by name, where it runs, and everything else as arguments. */
export interface Action {
  /** `dynamo.tasks.migrate`, `dynamo.custom.command`, ... */
  name: string
  /** A site's name or `*FIELD`; null for the site that the run began on. */
  site: string | null
  queue: string | null
  arguments: Readonly<Record<string, unknown>>
}

export interface FilterRule {
  type: 'file' | 'directory' | 'symlink' | 'all'
  /** A discovered state, `all`, or `default` for what no other rule took. */
  state: string
  include: readonly string[]
  exclude: readonly string[]
  description: string
  /** Run one after the other. */
  actions: readonly Action[]
}

export interface Workflow {
  id: number
  /** Unique, without spaces. */
  name: string
  label: string
  iconClasses: readonly string[]
  discovery: Discovery | null
  discoveryOptions: Readonly<Record<string, unknown>> | null
  enabled: boolean
  visible: boolean
  fields: readonly Field[]
  filterRules: readonly FilterRule[]
  /** One of the product's own, which cannot be removed. */
  builtIn: boolean
}
