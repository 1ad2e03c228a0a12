/** Where wishes for settings are written natively: `yardmaster.toml`, the environment, the command line. */

import { parse, TomlError, type TomlTable } from 'smol-toml'
import { DomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'
import { type Assignment, SETTING_NAMES } from './setting.ts'

const PREFIX = 'YARDMASTER_'
/** Variables of that prefix which are no settings, with what reads them. */
const NOT_SETTINGS = ['YARDMASTER_DATA', 'YARDMASTER_FORKER', 'YARDMASTER_JOB', 'YARDMASTER_SOAK']

/** `file` is what stands in complaints. @throws invalid with the line of what cannot be read */
export function readToml(text: string, file: string): Assignment[] {
  const table = parseToml(text, file)
  return flatten(table).map(({ name, value }) => ({ name, value, origin: `${file}${lineOf(text, name)}` }))
}

/** `YARDMASTER_TLS_ENABLE=1`; a variable that names no setting is a complaint, because it may belong to someone else. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  assignments: Assignment[]
  complaints: string[]
} {
  const nameOf = new Map(SETTING_NAMES.map((name) => [variableOf(name), name]))
  const written = Object.entries(env).filter(([key, value]) => key.startsWith(PREFIX) && value !== undefined)
  const assignments = written.flatMap(([key, value]) => {
    const name = nameOf.get(key)
    return name ? [{ name, value, origin: key }] : []
  })
  const strangers = written.map(([key]) => key).filter((key) => !nameOf.has(key) && !NOT_SETTINGS.includes(key))
  return { assignments, complaints: strangers.map((key) => complaintOf(key, nameOf.keys())) }
}

/** `KEY=VALUE`, as `serve --set` takes it. @throws invalid without an equals sign */
export function readSet(text: string): Assignment {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? []
  if (name !== undefined) return { name: name.trim(), value, origin: 'command line' }
  throw new DomainError('invalid', `--set ${text}: write KEY=VALUE, for example --set tls.enable=true`)
}

/** The variable that sets `name`: `tls.min_version` is `YARDMASTER_TLS_MIN_VERSION`. */
function variableOf(name: string): string {
  return PREFIX + name.replaceAll('.', '_').toUpperCase()
}

function complaintOf(key: string, known: Iterable<string>): string {
  const meant = nearestOf(key, known)
  return `the variable ${key} names no setting and has no effect${meant ? `; did you mean ${meant}?` : ''}`
}

function parseToml(text: string, file: string): TomlTable {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const [what] = error.message.replace('Invalid TOML document: ', '').split('\n')
    throw new DomainError('invalid', `${file}:${error.line}: this is not TOML: ${what}`, {}, error)
  }
}

/** Leaves of a table with dotted names; a list of tables is a leaf. */
function flatten(table: object, prefix = ''): { name: string; value: unknown }[] {
  return Object.entries(table).flatMap(([key, value]) => {
    const name = prefix + key
    return Object.prototype.toString.call(value) === '[object Object]' ? flatten(value, `${name}.`) : [{ name, value }]
  })
}

/** `:7` where the key of `name` is written; nothing where the line cannot be told (inline tables, quoted keys). */
function lineOf(text: string, name: string): string {
  let section = ''
  for (const [index, line] of text.split('\n').entries()) {
    section = /^\s*\[+\s*([\w.-]+)\s*\]/.exec(line)?.[1] ?? section
    const key = /^\s*([\w.-]+)\s*=/.exec(line)?.[1]
    if (key !== undefined && (section ? `${section}.${key}` : key) === name) return `:${index + 1}`
  }
  return ''
}
