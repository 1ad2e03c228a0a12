/** Job control: what a PUT asks of a job (vtk_job_control; `nc stop`, `suspend`, `resume`, `rerun`). */

import { constants } from 'node:os'
import { DomainError } from '../../../base/errors.ts'
import { nearestOf } from '../../../base/nearest.ts'
import type { Control } from '../../../engine/command.ts'
import { regexOf } from '../../../job/filter.ts'
import type { JsonType, Keys } from './key.ts'
import { flag, milliseconds, mustBe, text } from './value.ts'

const FLAG: readonly JsonType[] = ['integer', 'string', 'boolean']
const ACTIONS = ['STOP', 'KILL', 'SUSPEND', 'RESUME', 'RERUN', 'DEQUEUE']
const SIGNALS = Object.keys(constants.signals)

export const CONTROL_KEYS: Keys = {
  action: {
    types: ['string'],
    must: `one of ${ACTIONS.join(', ')}, or a signal such as SIGUSR1`,
    about: 'What to do; STOP and KILL are the same.',
    examples: ['STOP'],
  },
  signals: {
    types: ['string', 'array'],
    must: 'signal names such as "TERM,INT,KILL"',
    about: 'With STOP: sent in turn until the job is gone. With SUSPEND: sent instead of STOP.',
    examples: ['TERM,INT,KILL'],
  },
  include: {
    types: ['string'],
    must: 'a regular expression',
    about: 'Only processes whose name matches get the signals.',
    examples: ['^sleep$'],
  },
  exclude: { types: ['string'], must: 'a regular expression', about: 'Processes that do not; it wins over include.' },
  delay: {
    types: ['integer', 'string'],
    must: 'whole seconds or a time such as "5s", at most an hour',
    about: 'With STOP: time between two signals.',
    examples: [3],
  },
  force: { types: FLAG, must: '0 or 1', about: 'With RERUN: also a job that is Done or Failed.', examples: [1] },
  first: { types: FLAG, must: '0 or 1', about: 'With RERUN: ahead of the jobs that wait alike.', examples: [1] },
}

/** @throws invalid, naming the key */
export function readControl(body: Readonly<Record<string, unknown>>): Control {
  const action = String(body.action).trim().toUpperCase()
  switch (action) {
    case 'STOP':
    case 'KILL':
      return { action: 'stop', ...signalsOf(body), ...chosen(body), ...delayOf(body) }
    case 'SUSPEND':
      return { action: 'suspend', ...signalsOf(body), ...chosen(body) }
    case 'RESUME':
      return { action: 'resume' }
    case 'DEQUEUE':
      return { action: 'dequeue' }
    case 'RERUN':
      return { action: 'rerun', force: given(body, 'force'), first: given(body, 'first') }
    default:
      return { action: 'signal', signals: [signalNamed(action)], ...chosen(body) }
  }
}

function signalNamed(action: string): string {
  if (SIGNALS.includes(action)) return action
  const near = nearestOf(action, [...ACTIONS, ...SIGNALS])
  throw mustBe('action', `${CONTROL_KEYS.action!.must}${near ? `; did you mean ${near}?` : ''}`)
}

/** Names with or without SIG, made names with it. */
function signalsOf({ signals }: Readonly<Record<string, unknown>>): { signals?: string[] } {
  if (signals === undefined || signals === '') return {}
  const names = Array.isArray(signals) ? signals : String(signals).split(/[\s,]+/)
  const known = names.map((name) => `SIG${String(name).trim().toUpperCase().replace(/^SIG/, '')}`)
  if (known.length === 0 || known.length > 10 || !known.every((name) => SIGNALS.includes(name))) {
    throw mustBe('signals', '1 to 10 signal names such as "TERM,INT,KILL"')
  }
  return { signals: known }
}

const patternText = text({ atMostBytes: 1000 })

function pattern(value: unknown, key: string): string {
  const given = patternText(value, key)
  try {
    regexOf(given, 0)
    return given
  } catch {
    throw mustBe(key, 'a regular expression (RE2 syntax)')
  }
}

function chosen(body: Readonly<Record<string, unknown>>): { include?: string; exclude?: string } {
  const { include, exclude } = body
  return {
    ...(include !== undefined && include !== '' && { include: pattern(include, 'include') }),
    ...(exclude !== undefined && exclude !== '' && { exclude: pattern(exclude, 'exclude') }),
  }
}

const LONGEST_DELAY_MS = 3_600_000

function delayOf({ delay }: Readonly<Record<string, unknown>>): { delayMs?: number } {
  if (delay === undefined) return {}
  const delayMs = milliseconds(delay, 'delay')
  if (delayMs > LONGEST_DELAY_MS) throw new DomainError('invalid', 'delay must be at most an hour')
  return { delayMs }
}

function given(body: Readonly<Record<string, unknown>>, key: string): boolean {
  return body[key] === undefined ? false : flag(body[key], key)
}
