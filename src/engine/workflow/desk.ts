/** What the movers' executor asks and tells: orders out of the record, findings and ends into it with what follows from them. */

import { DomainError } from '../../base/errors.ts'
import type { Desk, TaskEnd } from '../../executor/desk.ts'
import type { Attempt } from '../../executor/executor.ts'
import type { EndOfTask, NewTask } from '../../store/workflow-store.ts'
import { OUTCOMES, type PathOutcome } from '../../workflow/path-entry.ts'
import { type PlannedStep, stepAfter, stepsFor } from '../../workflow/plan.ts'
import { isRunOver, isTaskOver, outcomeOfAll, taskStateOf } from '../../workflow/state.ts'
import type { OutcomeCounts, Run, Task, TaskState } from '../../workflow/task.ts'
import type { Finding, TaskOrder } from '../../workflow/task-order.ts'
import type { Workflow } from '../../workflow/workflow.ts'
import { advance, CANCELLED, giveUp, isRotation } from './advance.ts'
import { isDiscovery, orderOfTask } from './order.ts'
import { partAt } from './remainder.ts'
import type { Room } from './room.ts'

export function createDesk(room: Room): Desk {
  const { progress } = room
  return {
    order: (attempt) => inTurn(room, attempt, () => order(room, attempt)),
    found: (attempt, finding) => inTurn(room, attempt, () => found(room, attempt, finding)),
    progress: ({ jobId }, told) => progress.tell(jobId, told),
    ended: (attempt, end) => ended(room, attempt, end),
  }
}

/**
 * So that a finding of an attempt which has been given up is stored before the next attempt asks where to go on, or never.
 */
async function inTurn<Answer>({ store, turns }: Room, { jobId }: Attempt, work: () => Promise<Answer>) {
  const task = await store.task(jobId)
  return task ? turns.take(task.run, work) : undefined
}

interface AtHand {
  task: Task
  run: Run
  workflow: Workflow
}

/** Undefined where there is no such task any more, or a later attempt has taken over. */
async function atHand({ store, jobs }: Room, { jobId, attempt }: Attempt): Promise<AtHand | undefined> {
  const task = await store.task(jobId)
  const run = task && (await store.run(task.run))
  const workflow = task && (await store.definitionOf(task.run))
  if (!task || !run || !workflow || isTaskOver(task.state)) return undefined
  const job = await jobs.get(jobId)
  return job && job.attempt !== attempt ? undefined : { task, run, workflow }
}

async function order(room: Room, attempt: Attempt): Promise<TaskOrder | undefined> {
  const hand = await atHand(room, attempt)
  if (!hand || hand.run.state === 'dequeuing' || isRunOver(hand.run.state)) return undefined
  const { task, run, workflow } = hand
  const made = await orderOfTask(room, hand)
  const isLast = workflow.filterRules[task.rule]?.actions[task.step + 1] === undefined
  const counts = isLast || (await room.countsAnywhere(task.name))
  room.progress.begin(task.id, run.id, counts && task.rule >= 0)
  return made
}

async function found(room: Room, attempt: Attempt, finding: Finding): Promise<void> {
  const hand = await atHand(room, attempt)
  if (!hand) return
  const { task, run, workflow } = hand
  const { entries, sequence, cursor } = finding
  // Of a run that is cancelled meanwhile as well: the tasks are cancelled with it, and say of which paths nothing became.
  const next = stepsFor(workflow, run, entries)
  const sizeBytes = entries.reduce((sum, entry) => sum + entry.sizeBytes, 0)
  const tasks = await newTasks(room, task, next)
  await room.store.storeFinding(task.id, { sequence, cursor, pathCount: entries.length, sizeBytes }, tasks)
  const known = await room.store.cursor(task.id)
  if ((known?.sequence ?? 0) <= sequence && !isTaskOver((await room.store.task(task.id))?.state ?? 'cancelled'))
    throw new DomainError('unavailable', `finding ${sequence} of task ${task.id} came before the one that it follows`)
  await advance(room, run.id)
}

async function ended(room: Room, attempt: Attempt, told: TaskEnd): Promise<void> {
  const hand = await atHand(room, attempt)
  if (!hand) return afterEnd(room, attempt)
  const { task, run, workflow } = hand
  const { entries } = isDiscovery(task) ? { entries: [] } : await room.store.batch(task.id)
  const parted = await partAt(room, hand, { end: told, entries })
  const end = parted ? { ...told, outcomes: parted.outcomes } : told
  const state = parted && task.rule >= 0 && end.outcomes.length === 0 ? 'skipped' : stateOf(task, run, end)
  // Skipped as well: what was so before goes on. What is cancelled goes on to tasks that are cancelled in their turn.
  const goesOn = state !== 'failure' && task.rule >= 0
  const done = { entries: parted?.entries ?? entries, outcomes: end.outcomes }
  const next = goesOn ? stepAfter(workflow, run, task, done) : []
  const all = next.length === 0 || (await room.countsAnywhere(task.name))
  const tasks = [...(await newTasks(room, task, next)), ...(parted ? [parted.rest] : [])]
  await room.store.endTask(task.id, { ...endOf(room, task, { end, state, all }), ...parted?.cut }, tasks)
  await afterEnd(room, attempt)
}

/** Also where the end was stored before, and the server ended in between. */
async function afterEnd(room: Room, { jobId }: Attempt): Promise<void> {
  const task = await room.store.task(jobId)
  if (!task || !isTaskOver(task.state)) return
  room.progress.end(jobId)
  await room.turns.take(task.run, () => advance(room, task.run))
}

/** Ends a task that somebody took away by the engine's own means, or that its executor could not do. */
export async function abandon(room: Room, task: Task, message: string): Promise<void> {
  room.progress.end(task.id)
  await giveUp(room, task, message)
}

async function newTasks({ jobs, clock }: Room, parent: Task, steps: readonly PlannedStep[]): Promise<NewTask[]> {
  const ids = await jobs.reserve(steps.length)
  return toTasks(steps, ids, isDiscovery(parent) ? null : parent.id, clock.now())
}

export function toTasks(
  steps: readonly PlannedStep[],
  ids: readonly number[],
  parent: number | null,
  createdAt: number,
): NewTask[] {
  return steps.map((step, index) => ({ ...step, jobId: ids[index]!, parent, createdAt }))
}

function stateOf(task: Task, run: Run, { outcomes, failure, stopped, left }: TaskEnd): TaskState {
  const isHalted = stopped || left !== undefined
  if (isHalted && run.state === 'dequeuing') return 'cancelled'
  // What a discovery did not find, nobody knows.
  if (stopped) return isDiscovery(task) ? 'failure' : 'error'
  if (failure !== null) return 'failure'
  const state = taskStateOf(countsOf(outcomes))
  // What follows on a comparison that found nothing is nothing to be told of either.
  const foundNothing = (isDiscovery(task) && task.pathCount === 0) || (isRotation(task) && run.totals.discovered === 0)
  return state === 'success' && foundNothing ? 'skipped' : state
}

interface Ended {
  end: TaskEnd
  state: TaskState
  /** Paths that go on count here as well. */
  all: boolean
}

function endOf({ clock }: Room, task: Task, { end, state, all }: Ended): EndOfTask {
  const message = end.failure ?? (state === 'cancelled' ? CANCELLED : end.stopped ? 'Somebody stopped it.' : '')
  const counted = isRotation(task) ? countsOf([]) : countedOf(end.outcomes, all)
  if (end.outcomes.length === 0 && task.rule >= 0 && (end.failure !== null || end.stopped))
    return {
      state,
      at: clock.now(),
      message,
      outcomes: [],
      counted: { ...counted, [outcomeOfAll(state)]: task.pathCount },
    }
  return { state, at: clock.now(), message, outcomes: end.outcomes, counted }
}

/** Paths that go on are counted where their way ends. */
function countedOf(outcomes: readonly PathOutcome[], all: boolean): OutcomeCounts {
  if (all) return countsOf(outcomes)
  return countsOf(outcomes.filter(({ outcome, already }) => outcome !== 'processed' && already !== true))
}

function countsOf(outcomes: readonly PathOutcome[]): OutcomeCounts {
  const counts = Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Record<(typeof OUTCOMES)[number], number>
  for (const { outcome } of outcomes) counts[outcome] += 1
  return counts
}
