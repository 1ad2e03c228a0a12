/** The Hub's words for ours, each in one table that is read both ways: states, actions, and what its pages call workflows. */

import { RUN_STATES, type RunState, TASK_STATES, type TaskState } from '../../workflow/task.ts'

export function showState(state: RunState | TaskState): string {
  return state.toUpperCase()
}

/** Of versions up to 2.5. */
const OLDER_STATES: Readonly<Record<string, RunState>> = { cancelling: 'dequeuing' }

/** In any case; undefined for no word of ours. */
export function readRunState(word: string): RunState | undefined {
  const lower = word.toLowerCase()
  return (
    RUN_STATES.find((state) => state === lower) ??
    (Object.hasOwn(OLDER_STATES, lower) ? OLDER_STATES[lower] : undefined)
  )
}

export function readTaskState(word: string): TaskState | undefined {
  const lower = word.toLowerCase()
  return TASK_STATES.find((state) => state === lower)
}

/** What the pages of version 2 say for the workflows (spec/hub.md 0). */
const PAGE_WORDS: Readonly<Record<string, string>> = {
  dehydrate: 'migrate',
  'pre-stage': 'premigrate',
  prestage: 'premigrate',
  hydrate: 'recall',
  sendtosite: 'send',
}

/** The workflow that is meant, by its own name where there is one of it. */
export function readWorkflowName(word: string, known: readonly string[]): string {
  const meant = PAGE_WORDS[word.toLowerCase()]
  return known.includes(word) || meant === undefined ? word : meant
}

export type RunAction = 'cancel' | 'pause' | 'resume'

/** The state that a client asks a run to be in, by what brings it there. */
const WANTED: Readonly<Record<string, RunAction>> = {
  CANCELLED: 'cancel',
  DEQUEUING: 'cancel',
  PAUSED: 'pause',
  PAUSING: 'pause',
  STARTED: 'resume',
}
export const WANTED_STATES: readonly string[] = Object.keys(WANTED)

export function actionTowards(state: string): RunAction {
  return WANTED[state]!
}

/** Counted in every list, also where there are none (seed). */
export const COUNTED_TYPES: readonly string[] = ['migrate', 'premigrate', 'recall']
export const COUNTED_STATES: readonly RunState[] = ['success', 'failure', 'started', 'pending', 'error']
