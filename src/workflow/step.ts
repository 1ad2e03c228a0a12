/** The steps that a workflow may name, and what each of them takes (spec/hub.md 4.6). Pure. */

import { DomainError, isDomainError } from '../base/errors.ts'
import { nearestOf } from '../base/nearest.ts'
import { isReference } from './field-values.ts'
import { accountNumber, choice, count, flag, type Given, LOCK_LEVELS, PREFERENCES, word } from './mover/argument.ts'
import { readCommand } from './mover/command-words.ts'

/** Reads an argument as the step itself will. @throws invalid */
type Reader = (given: Given, name: string) => unknown

const size: Reader = (given, name) => count(given, name, 0)
const lockLevel: Reader = (given, name) => choice(given, name, LOCK_LEVELS, 'none')
const preference =
  (...more: readonly string[]): Reader =>
  (given, name) =>
    choice(given, name, [...PREFERENCES, ...more], 'newest')
const command: Reader = (given) => readCommand(word(given, 'command'), given)

const REMOVE = {}
const MOVE = { overwrite: flag }

const STEPS: Readonly<Record<string, Readonly<Record<string, Reader>>>> = {
  'dynamo.tasks.migrate': {
    premigrate: flag,
    stub_size: size,
    overwrite: flag,
    fail_on_mismatch: flag,
    lock_level: lockLevel,
    endpoint: word,
    abort_missing: flag,
    migrate_offline_files: flag,
    skip_modified_during_migrate: flag,
  },
  'dynamo.tasks.recall': {
    skip_hash: flag,
    endpoint: word,
    lock_level: lockLevel,
    default_uid: accountNumber,
    default_gid: accountNumber,
    update_atime: flag,
    update_mtime: flag,
    delete_remote: flag,
    overwrite: flag,
    abort_missing: flag,
  },
  'dynamo.tasks.reverse_stub': {
    hydrate: flag,
    overwrite: flag,
    sync_preference: preference('none'),
    skip_hash: flag,
    stub_size: size,
    default_uid: accountNumber,
    default_gid: accountNumber,
    lock_level: lockLevel,
    endpoint: word,
    abort_missing: flag,
  },
  'dynamo.tasks.check_sync_state': { sync_preference: preference() },
  'dynamo.tasks.delete_paths_from_gpfs': REMOVE,
  'dynamo.tasks.delete': REMOVE,
  'dynamo.tasks.move_paths_on_gpfs': MOVE,
  'dynamo.tasks.move': MOVE,
  'dynamo.custom.command': { command },
}

export const STEP_NAMES: readonly string[] = Object.keys(STEPS)

export interface Complaint {
  /** Which argument it is about; `name` where it is the step itself. */
  key: string
  message: string
}

/** What is wrong with a step, as far as its values are known; other arguments are passed over, as by the step (spec/hub.md 5.4). */
export function complaintAbout(name: string, given: Given): Complaint | undefined {
  if (!Object.hasOwn(STEPS, name)) return { key: 'name', message: unknownStep(name) }
  for (const [key, read] of Object.entries(STEPS[name]!)) {
    if (isReference(given[key])) continue
    const message = complaintOf(() => read(given, key))
    if (message !== undefined) return { key, message }
  }
  return undefined
}

/** @throws whatever is no refusal */
export function complaintOf(read: () => unknown): string | undefined {
  try {
    read()
    return undefined
  } catch (error) {
    if (isDomainError(error)) return error.message
    throw error
  }
}

function unknownStep(name: string): string {
  const lastPart = (step: string) => step.slice(step.lastIndexOf('.') + 1)
  const nearPart = nearestOf(lastPart(name), STEP_NAMES.map(lastPart))
  const near = STEP_NAMES.find((step) => lastPart(step) === nearPart)
  const known = `The steps that there are: ${STEP_NAMES.join(', ')}.`
  if (near !== undefined) return `${name} is no step; did you mean ${near}? ${known}`
  const isPlugin = name.startsWith('dynamo.custom.')
  const what = isPlugin
    ? 'is a plugin, and there are none here: run its program by dynamo.custom.command'
    : 'is no step'
  return `${name} ${what}. ${known}`
}

/** Of a discovery (spec/hub.md 4.5). */
const OPTIONS: Readonly<Record<string, Reader>> = {
  skip_missing: flag,
  skip_old_ctimes: flag,
  condense_moves: (given, name) => flag(given, name, true),
  cross_filesystems: flag,
  exclude(given, name) {
    const globs = given[name] ?? []
    if (Array.isArray(globs) && globs.every((glob) => typeof glob === 'string')) return
    throw new DomainError('invalid', `${name} must be a list of globs.`)
  },
}

export function complaintAboutOptions(given: Given): Complaint | undefined {
  for (const [key, read] of Object.entries(OPTIONS)) {
    const message = complaintOf(() => read(given, key))
    if (message !== undefined) return { key, message }
  }
  return undefined
}
