import { describe, expect, test } from 'vitest'
import { controlled, stateOf, taskStateOf } from '../../../src/workflow/state.ts'
import { RUN_STATES, type TaskState } from '../../../src/workflow/task.ts'

const tasks = (over: Partial<Record<TaskState, number>>) => ({
  tasks: { pending: 0, started: 0, success: 0, failure: 0, error: 0, skipped: 0, cancelled: 0, ...over },
})
const counts = (over: object) => ({ processed: 0, skipped: 0, aborted: 0, failed: 0, ...over })

describe('a run', () => {
  test.each([
    ['new', { pending: 1 }, 'pending'],
    ['pending', { pending: 3, started: 1 }, 'started'],
    ['started', { pending: 1, success: 1 }, 'started'],
    ['started', { success: 2 }, 'success'],
    ['started', { success: 2, error: 1 }, 'error'],
    ['started', { success: 2, error: 1, failure: 1 }, 'failure'],
    ['started', { skipped: 2 }, 'skipped'],
    ['started', { skipped: 2, success: 1 }, 'success'],
    ['pausing', { pending: 2, started: 1 }, 'pausing'],
    ['pausing', { pending: 2 }, 'paused'],
    ['paused', { pending: 2, success: 1 }, 'paused'],
    ['pausing', { success: 2 }, 'success'],
    ['dequeuing', { started: 1, cancelled: 2 }, 'dequeuing'],
    ['dequeuing', { success: 1, cancelled: 2 }, 'cancelled'],
    ['cancelled', { started: 1 }, 'cancelled'],
  ] as const)('that was %s with tasks %j is %s', (before, states, after) => {
    expect(stateOf(before, tasks(states))).toBe(after)
  })

  test('that is over takes no command, and none leads out of the graph', () => {
    const allowed = RUN_STATES.map((state) => [
      state,
      (['cancel', 'pause', 'resume'] as const).filter((action) => controlled(state, action) !== null),
    ])
    expect(Object.fromEntries(allowed)).toEqual({
      new: ['cancel', 'pause'],
      pending: ['cancel', 'pause'],
      started: ['cancel', 'pause'],
      success: [],
      failure: [],
      error: [],
      pausing: ['cancel', 'resume'],
      paused: ['cancel', 'resume'],
      dequeuing: [],
      cancelled: [],
      skipped: [],
    })
  })
})

test.each([
  [{ processed: 2 }, 'success'],
  [{ processed: 2, failed: 1 }, 'error'],
  [{ skipped: 2 }, 'skipped'],
  [{ skipped: 2, processed: 1 }, 'success'],
  [{ aborted: 1 }, 'success'],
  [{}, 'success'],
])('a task with the outcomes %j is %s', (outcomes, state) => {
  expect(taskStateOf(counts(outcomes))).toBe(state)
})
