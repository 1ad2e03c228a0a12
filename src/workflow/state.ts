/** The state of a run as a function of what its tasks came to (spec/hub.md 5.2, 5.3). Pure. */

import type { Outcome } from './path-entry.ts'
import type { OutcomeCounts, RunState, RunTotals, TaskState } from './task.ts'

const FINAL_RUN: readonly RunState[] = ['success', 'failure', 'error', 'cancelled', 'skipped']
const FINAL_TASK: readonly TaskState[] = ['success', 'failure', 'error', 'skipped', 'cancelled']

export function isRunOver(state: RunState): boolean {
  return FINAL_RUN.includes(state)
}

export function isTaskOver(state: TaskState): boolean {
  return FINAL_TASK.includes(state)
}

/** Where a run stands now that its tasks stand so. */
export function stateOf(state: RunState, { tasks }: Pick<RunTotals, 'tasks'>): RunState {
  if (isRunOver(state)) return state
  const isIdle = tasks.started === 0
  const isDone = isIdle && tasks.pending === 0
  if (state === 'dequeuing') return isDone ? 'cancelled' : state
  if (isDone) return endOf(tasks)
  if (state === 'pausing') return isIdle ? 'paused' : state
  if (state === 'paused') return state
  const hasBegun = tasks.started + tasks.success + tasks.failure + tasks.error + tasks.skipped > 0
  return hasBegun ? 'started' : 'pending'
}

/** A failure outweighs an error, an error everything else; nothing but skipped tasks are a run that had nothing to do. */
function endOf(tasks: RunTotals['tasks']): RunState {
  if (tasks.failure > 0) return 'failure'
  if (tasks.error > 0) return 'error'
  return tasks.success > 0 ? 'success' : 'skipped'
}

/** What a task came to that did its work: paths that failed make it an error, and nothing done makes it skipped. */
export function taskStateOf(outcomes: OutcomeCounts): TaskState {
  if (outcomes.failed > 0) return 'error'
  return outcomes.processed + outcomes.aborted > 0 || outcomes.skipped === 0 ? 'success' : 'skipped'
}

/** What the paths of a task count as that ended as a whole, with an outcome for none. */
export function outcomeOfAll(state: TaskState): Outcome {
  return state === 'failure' ? 'failed' : 'aborted'
}

export type ControlAction = 'cancel' | 'pause' | 'resume'

/** The state right after the action, before tasks have answered to it; null where it is not allowed. */
export function controlled(state: RunState, action: ControlAction): RunState | null {
  if (isRunOver(state)) return null
  if (action === 'cancel') return state === 'dequeuing' ? null : 'dequeuing'
  if (action === 'resume') return state === 'paused' || state === 'pausing' ? 'started' : null
  return state === 'new' || state === 'pending' || state === 'started' ? 'pausing' : null
}
