/** Named environments and their compositions: `BASE`, `CLEAN+BASE`, `BASE+D(NAME=value)` (Environment Control, Standard Environments). */

import { DomainError } from '../base/errors.ts'
import { remember } from '../base/remember.ts'

export type Variables = Readonly<Record<string, string>>

export type EnvironmentStep = { kind: 'base' | 'clean' | 'snapshot' } | { kind: 'define'; variables: Variables }

/** What the names stand for on the server. */
export interface EnvironmentBases {
  base: Variables
  /** The submitter's own environment; absent when none was sent. */
  snapshot: Variables | undefined
}

const STEP = /^([A-Za-z][A-Za-z0-9_]*)(?:\((.*)\))?$/s
const NAMES: Readonly<Record<string, EnvironmentStep>> = {
  BASE: { kind: 'base' },
  CLEAN: { kind: 'clean' },
  SNAPSHOT: { kind: 'snapshot' },
  DEFAULT: { kind: 'snapshot' },
}
/** An empty name asks for a snapshot, as DEFAULT does (Define Jobclasses, `env`). */
const EMPTY = 'SNAPSHOT'

/** @throws invalid, naming the part that is not known */
export function parseEnvironment(text: string): EnvironmentStep[] {
  const parts = text.trim() === '' ? [EMPTY] : splitSteps(text)
  return parts.map(readStep)
}

/** Splits at the plus signs that stand outside of parentheses. */
function splitSteps(text: string): string[] {
  const parts: string[] = ['']
  let depth = 0
  for (const character of text) {
    if (character === '(') depth += 1
    if (character === ')') depth -= 1
    if (character === '+' && depth === 0) parts.push('')
    else parts[parts.length - 1] += character
  }
  return parts.map((part) => part.trim())
}

function readStep(part: string): EnvironmentStep {
  const [, name = '', inner] = STEP.exec(part) ?? []
  const upper = name.toUpperCase()
  if (upper === 'D' && inner !== undefined) return { kind: 'define', variables: readDefinitions(inner) }
  const known = NAMES[upper]
  if (known && inner === undefined) return known
  throw new DomainError(
    'invalid',
    `env: "${part}" is no environment here; use BASE, CLEAN, SNAPSHOT or D(NAME=value), joined by +`,
  )
}

function readDefinitions(text: string): Variables {
  const variables: Record<string, string> = {}
  // A comma separates only where a new NAME= follows; elsewhere it belongs to the value.
  for (const part of text.split(/,(?=\s*[A-Za-z_][A-Za-z0-9_]*=)/)) {
    const match = /^\s*([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(part)
    if (!match) throw new DomainError('invalid', `env: "${part}" in D(...) must have the form NAME=value`)
    variables[match[1]!] = match[2]!
  }
  return variables
}

/** As `parseEnvironment`, for the same few names over and over. */
export const environmentStepsOf: (text: string) => readonly EnvironmentStep[] = remember(parseEnvironment)

/** Whether a step needs the submitter's own environment. */
export function needsSnapshot(steps: readonly EnvironmentStep[]): boolean {
  return steps.some(({ kind }) => kind === 'snapshot')
}

/** Applies the steps from left to right; a snapshot that was never sent counts as BASE. */
export function composeEnvironment(steps: readonly EnvironmentStep[], { base, snapshot }: EnvironmentBases): Variables {
  let variables: Variables = {}
  for (const step of steps) {
    if (step.kind === 'clean') variables = {}
    else if (step.kind === 'define') variables = { ...variables, ...step.variables }
    else variables = { ...variables, ...(step.kind === 'snapshot' ? (snapshot ?? base) : base) }
  }
  return variables
}
