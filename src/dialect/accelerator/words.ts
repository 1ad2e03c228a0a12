/** The Accelerator's words for our states and priorities, each in one table that is read both ways. */

import type { JobState } from '../../job/job.ts'

interface StateWords {
  /** What `nc` and its users say (Job Status). */
  statusnc: string
  /** What VOV says of the node (REST Request URLs prints VALID; the rest follows Set Status). */
  status: string
}

const STATES: Readonly<Record<JobState, StateWords>> = {
  idle: { statusnc: 'Idle', status: 'INVALID' },
  queued: { statusnc: 'Queued', status: 'INVALID' },
  running: { statusnc: 'Running', status: 'RETRACING' },
  suspended: { statusnc: 'Suspended', status: 'SUSPENDED' },
  done: { statusnc: 'Done', status: 'VALID' },
  failed: { statusnc: 'Failed', status: 'FAILED' },
  sleeping: { statusnc: 'Sleeping', status: 'SLEEPING' },
  withdrawn: { statusnc: 'Withdrawn', status: 'WITHDRAWN' },
  transfer: { statusnc: 'Transfer', status: 'TRANSFER' },
}

/** Other words for the same that older releases and documents use; understood, never shown. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['scheduled', 'Queued'],
  ['running', 'RETRACING'],
])

export type StatusField = keyof StateWords

export function showStatus(state: JobState, field: StatusField): string {
  return STATES[state][field]
}

/** The states whose word satisfies `fits`, in the order of a job's life. */
export function statesWhere(field: StatusField, fits: (word: string) => boolean): JobState[] {
  return (Object.keys(STATES) as JobState[]).filter((state) => fits(STATES[state][field]))
}

/** The word as we spell it, whatever its case, or one of its older names; the text itself when it is no word of ours. */
export function readStatus(text: string, field: StatusField): string {
  const known = new Map(Object.values(STATES).map((words) => [words[field].toLowerCase(), words[field]]))
  const wanted = text.toLowerCase()
  return known.get(wanted) ?? known.get((ALIASES.get(wanted) ?? '').toLowerCase()) ?? text
}

/** Named steps of the scale from 1 to 15 (Priority). */
const PRIORITIES: Readonly<Record<string, number>> = { low: 1, normal: 4, high: 8, top: 15 }
const LOWEST = 1
const HIGHEST = 15

/** The name of a step that has one, else its number: `normal`, `5`. */
export function showPriority(priority: number): string {
  const named = Object.entries(PRIORITIES).find(([, step]) => step === priority)
  return named ? named[0] : String(priority)
}

/** 1 to 15 from a number, a name or the beginning of a name (`h`); undefined for anything else. */
export function readPriority(text: string): number | undefined {
  const wanted = text.trim().toLowerCase()
  if (/^\d{1,2}$/.test(wanted)) return inRange(Number(wanted))
  if (wanted === '') return undefined
  return Object.entries(PRIORITIES).find(([name]) => name.startsWith(wanted))?.[1]
}

/** Every step of the scale. */
export const ALL_PRIORITIES: readonly number[] = Array.from({ length: HIGHEST }, (_, index) => index + LOWEST)

function inRange(priority: number): number | undefined {
  return priority >= LOWEST && priority <= HIGHEST ? priority : undefined
}
