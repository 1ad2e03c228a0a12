/**
 * Brings a run on as far as it can go: its state from its tasks, its tasks to the engine, or away where it is cancelled.
 * Looks at what is stored and nothing else, so that it may be called again whatever happened in between.
 */

import { DomainError } from '../../base/errors.ts'
import type { NewTask } from '../../store/workflow-store.ts'
import { isRunOver, outcomeOfAll, stateOf } from '../../workflow/state.ts'
import type { Run, RunId, RunState, Task } from '../../workflow/task.ts'
import { isStale } from '../apply.ts'
import { manifestOf } from './manifest.ts'
import { isDiscovery } from './order.ts'
import { type Room, unreachable } from './room.ts'
import { requestOfTask } from './task-request.ts'

/** How many tasks of a run wait in the engine's queue at the most; the others follow. */
const MOST_QUEUED = 2000
const FEW_QUEUED = 1000
const AT_ONCE = 500

export const CANCELLED = 'Its job was cancelled.'

/** Within a turn of the run. The run as it stands then; undefined when it is gone. */
export async function advance(room: Room, id: RunId): Promise<Run | undefined> {
  for (;;) {
    const run = await settle(room, id)
    if (!run || isRunOver(run.state)) return run
    const moved = run.state === 'dequeuing' ? await cancelPending(room, run) : await handOver(room, run)
    if (!moved) return run
  }
}

async function settle(room: Room, id: RunId): Promise<Run | undefined> {
  const { store } = room
  for (;;) {
    const run = await store.run(id)
    if (!run) return undefined
    const state = stateOf(run.state, run.totals)
    if (endsWell(state) && (await rotate(room, run))) continue
    if (state === run.state) return run
    const after = await changeState(room, run, state)
    if (!after) continue
    if (isRunOver(state)) room.onOver(after)
    return after
  }
}

/** Undefined where somebody else has changed it meanwhile. */
export async function changeState({ store, clock }: Room, run: Run, state: RunState): Promise<Run | undefined> {
  const completedAt = isRunOver(state) ? clock.now() : null
  const after = { ...run, state, completedAt, version: run.version + 1 }
  try {
    await store.replaceRun(after)
    return after
  } catch (error) {
    if (isStale(error)) return undefined
    throw error
  }
}

function endsWell(state: RunState): boolean {
  return state === 'success' || state === 'skipped'
}

/** The last task of a snapdiff that ended well: what it saw is what the next one is compared with. */
async function rotate({ store, jobs, clock }: Room, run: Run): Promise<boolean> {
  const manifest = manifestOf(run)
  if (isRunOver(run.state) || manifest === undefined) return false
  const [jobId] = await jobs.reserve(1)
  const [path] = run.paths
  const task: NewTask = {
    jobId: jobId!,
    name: 'dynamo.tasks.rotate_snapshot',
    site: run.site,
    queue: run.queue,
    lane: 'discovery',
    arguments: { manifest },
    parent: null,
    ...ROTATION,
    createdAt: clock.now(),
    entries: path ? [{ path: path.path, type: 'directory', sizeBytes: 0, state: 'processed' }] : [],
  }
  return store.appendTask(run.id, task)
}

/** Behind the discovery, which is step 0 of no rule. */
const ROTATION = { rule: -1, step: 1 } as const

export function isRotation({ rule, step }: Pick<Task, 'rule' | 'step'>): boolean {
  return rule === ROTATION.rule && step === ROTATION.step
}

/** Whether there was anything. */
async function cancelPending({ store, jobs, clock }: Room, run: Run): Promise<boolean> {
  if (run.totals.tasks.pending === 0) return false
  const ids = await store.cancelPending(run.id, { at: clock.now(), message: CANCELLED }, AT_ONCE)
  await Promise.all(ids.map((id) => jobs.remove(id)))
  return ids.length > 0
}

const WANTS_TASKS: readonly RunState[] = ['new', 'pending', 'started']

/** Whether the totals changed: only by tasks that can never be done. */
async function handOver(room: Room, run: Run): Promise<boolean> {
  const { store } = room
  if (!WANTS_TASKS.includes(run.state) || run.totals.tasks.pending === 0) return false
  let queued = await store.countQueued(run.id)
  if (queued > FEW_QUEUED) return false
  let failed = 0
  while (queued < MOST_QUEUED) {
    const tasks = await store.unhandedTasks(run.id, Math.min(AT_ONCE, MOST_QUEUED - queued))
    if (tasks.length === 0) break
    const lost = tasks.filter((task) => unreachable(room, task) !== undefined)
    for (const task of lost) await giveUp(room, task, unreachable(room, task)!)
    const ready = tasks.filter((task) => !lost.includes(task))
    if (ready.length > 0) await hand(room, run, ready)
    failed += lost.length
    queued += ready.length
  }
  return failed > 0
}

async function hand({ store, jobs, keepMs }: Room, run: Run, tasks: readonly Task[]): Promise<void> {
  const keepForMs = await keepMs()
  const inserted = jobs.insert(tasks.map((task) => ({ id: task.id, request: requestOfTask(run, task, keepForMs) })))
  await Promise.all([inserted, store.markHanded(tasks.map(({ id }) => id))])
}

const NOTHING = { processed: 0, skipped: 0, aborted: 0, failed: 0 } as const

/** Ends a task that nobody will do as a whole. */
export async function giveUp({ store, clock }: Room, task: Task, message: string): Promise<void> {
  const run = await store.run(task.run)
  const isCancelled = run?.state === 'dequeuing'
  const state = isCancelled ? 'cancelled' : 'failure'
  const counted = { ...NOTHING, ...(!isDiscovery(task) && { [outcomeOfAll(state)]: task.pathCount }) }
  await store.endTask(task.id, { state, at: clock.now(), message, outcomes: [], counted }, [])
}

/** @throws not_found */
export async function loadRun({ store }: Pick<Room, 'store'>, id: RunId): Promise<Run> {
  const run = await store.run(id)
  if (!run) throw new DomainError('not_found', `There is no job ${id}.`)
  return run
}
