/**
 * A worker of a mover: `node worker.ts LEDGER`, forked by it. Does one task after the other, of many runs; the ledger and
 * the storages are opened once. It ends with its mover, or when that has nothing more for it.
 */

import { systemClock as clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import { createLog } from '../base/log.ts'
import { openSiteLedger } from '../store/sqlite/site/ledger.ts'
import { discover } from '../workflow/discovery/discovery.ts'
import { COMMAND_STEP, runCommands } from '../workflow/mover/command-step.ts'
import type { MoverParts } from '../workflow/mover/parts.ts'
import { recover, runStep } from '../workflow/mover/steps.ts'
import { ownerOf } from '../workflow/mover/work.ts'
import type { DiscoveryOrder, Finding, StepOrder, TaskProgress, TaskResult } from '../workflow/task-order.ts'
import type { FromWorker, ToWorker } from './errand.ts'
import { createRights } from './rights.ts'
import { signalSession } from './session.ts'
import { Storages } from './storages.ts'

/** Between two reports of how far a task is. */
const PROGRESS_MS = 500
const BYTES_PER_MB = 1 << 20

/** How long what rests keeps its files: until it goes on, or is dead and cleared up after. */
const REST_MS = 10 * 365 * 86_400_000

/** The task in hand. */
interface Errand {
  task: StepOrder['task']
  ending: AbortController
  dropping: AbortController
  progress: TaskProgress
  toldAtMs: number
  /** Called when the finding of that sequence is stored. */
  stored: Map<number, () => void>
}

const NEVER = { ending: new AbortController(), dropping: new AbortController() }
const log = createLog({ level: 'info' })
const storages = new Storages(clock)
const switchTo = createRights()
const ledger = openSiteLedger(process.argv[2]!, clock)
let errand: Errand | undefined

function tell(message: FromWorker): void {
  process.send?.(message)
}

function partsFor(current: Errand | undefined): MoverParts {
  return {
    ledger,
    storageFor: (target) => storages.open(target),
    clock,
    log,
    progress: (done, movedBytes) => current && note(current, { done, movedBytes }),
    ending: (current ?? NEVER).ending.signal,
    dropping: (current ?? NEVER).dropping.signal,
    switchTo,
  }
}

function note(current: Errand, progress: TaskProgress): void {
  current.progress = progress
  const now = clock.monotonicMs()
  if (now - current.toldAtMs < PROGRESS_MS) return
  current.toldAtMs = now
  tell({ kind: 'progress', progress })
}

function walk(order: DiscoveryOrder, current: Errand): Promise<TaskResult> {
  const found = (finding: Finding) => {
    const stored = new Promise<void>((resolve) => current.stored.set(finding.sequence, resolve))
    tell({ kind: 'finding', finding })
    return stored
  }
  return discover(order, { ...partsFor(current), found, sequence: order.sequence })
}

async function step(order: StepOrder, current: Errand): Promise<TaskResult> {
  if (order.name !== COMMAND_STEP) return runStep(order, partsFor(current))
  try {
    return await runCommands(order, partsFor(current))
  } finally {
    // Nobody would know of what the commands left in the background.
    signalSession(process.pid, 'SIGKILL', [process.pid])
  }
}

async function work(order: StepOrder | DiscoveryOrder): Promise<void> {
  const [ending, dropping] = [new AbortController(), new AbortController()]
  const current = {
    task: order.task,
    ending,
    dropping,
    progress: { done: 0, movedBytes: 0 },
    toldAtMs: 0,
    stored: new Map(),
  }
  errand = current
  const before = process.cpuUsage()
  let result: TaskResult
  try {
    result = await (order.kind === 'step' ? step(order, current) : walk(order, current))
  } catch (error) {
    log.error({ err: error, task: order.task }, 'a task failed')
    result = { outcomes: [], failure: `The task failed: ${messageOf(error)}` }
  }
  errand = undefined
  const { user, system } = process.cpuUsage(before)
  const maxRamMb = Math.round(process.memoryUsage.rss() / BYTES_PER_MB)
  tell({ kind: 'done', result, cpuMs: Math.round((user + system) / 1000), maxRamMb })
}

async function repair(message: Extract<ToWorker, { kind: 'recover' }>): Promise<void> {
  try {
    await recover(message.site, partsFor(undefined))
    tell({ kind: 'recovered', problem: null })
  } catch (error) {
    log.error({ err: error }, 'what a crash left could not be put in order')
    tell({ kind: 'recovered', problem: messageOf(error) })
  }
}

/** Here, between two calls, no transaction of the ledger is open and nobody else's rights are on. */
function rest(): void {
  // A lease is for the dead; others would take its files while it sleeps, and it would go on with them.
  if (errand !== undefined) ledger.keepLocks(ownerOf(errand), REST_MS)
  process.send?.({ kind: 'resting' } satisfies FromWorker, () => {
    // Itself last: nothing comes after that.
    signalSession(process.pid, 'SIGSTOP', [process.pid])
    process.kill(process.pid, 'SIGSTOP')
  })
}

process.umask(0o022)
// What a person does to a whole process group at a terminal is no business of a worker's.
for (const signal of ['SIGINT', 'SIGHUP', 'SIGTERM']) process.on(signal, () => {})
process.on('disconnect', () => {
  signalSession(process.pid, 'SIGKILL', [process.pid])
  process.exit(0)
})
process.on('message', (message: ToWorker) => {
  if (message.kind === 'task') void work(message.order)
  if (message.kind === 'recover') void repair(message)
  if (message.kind === 'yield' || message.kind === 'stop') errand?.ending.abort()
  if (message.kind === 'stop') errand?.dropping.abort()
  if (message.kind === 'rest') rest()
  if (message.kind === 'bandwidth') storages.limit(message.bytesPerSecond)
  if (message.kind === 'found') {
    errand?.stored.get(message.sequence)?.()
    errand?.stored.delete(message.sequence)
  }
})
