/** Stops, suspends and resumes running attempts, and holds them to their limits of time and memory. */

import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { ExecutorEvent, SignalAction, SignalOrder } from '../../executor/executor.ts'
import type { Ending, Running } from '../running.ts'
import { type NameChoice, readChoice } from './name-choice.ts'
import { readSignal } from './signal-name.ts'
import { deliver, type SignallerParts } from './signaller.ts'

export interface ControlParts extends SignallerParts {
  clock: Clock
  tell(event: ExecutorEvent): void
}

/** Accelerator's own order of signals for a stop (vtk_job_control). */
const SIGNALS: Readonly<Record<SignalAction, readonly NodeJS.Signals[]>> = {
  stop: ['SIGTERM', 'SIGINT', 'SIGKILL'],
  suspend: ['SIGSTOP'],
  resume: ['SIGCONT'],
  signal: [],
  yield: [],
}
const DELAY_MS = 3000
/** A timer of Node's reaches no further than 24 days. */
const FARTHEST_LOOK_MS = 86_400_000

/** Settles when the first signal was delivered. @throws invalid for an unknown signal or pattern, not_found when nothing got it */
export async function obey(parts: ControlParts, running: Running, order: SignalOrder): Promise<void> {
  const signals = order.signals?.length ? order.signals.map(readSignal) : SIGNALS[order.action]
  if (signals.length === 0)
    throw new DomainError('invalid', `which signal should job ${order.jobId} get? name one in signals`)
  const choice = await readChoice(order)
  if (order.action === 'stop') {
    const delayMs = order.delayMs ?? DELAY_MS
    await end(parts, running, { cause: 'stopped', reason: 'stopped as asked', signals, delayMs, choice })
    return
  }
  for (const signal of signals) await send(parts, running, signal, choice)
  if (order.action === 'suspend') suspend(parts, running)
  if (order.action === 'resume') resume(parts, running)
}

/** Sends the signals in turn until it is gone; the first reason to end it stays the reason. */
export async function end(parts: ControlParts, running: Running, ending: Ending): Promise<void> {
  const before = running.ending
  running.cancelNextSignal()
  running.ending = before ? { ...ending, cause: before.cause, reason: before.reason } : ending
  if (!before) running.sent = []
  try {
    await step(parts, running, ending.signals)
  } catch (error) {
    running.ending = before
    throw error
  }
}

/** Ends it when it has run for longer than its limit, suspensions left out. */
export function watchTimeLimit(parts: ControlParts, running: Running): void {
  running.cancelLimit()
  if (running.killAfterMs <= 0 || running.suspended || running.ending) return
  const leftMs = running.killAfterMs - running.stopwatch.elapsedMs(parts.clock.monotonicMs())
  if (leftMs <= 0) limit(parts, running, 'autokill', `ran longer than its limit of ${running.killAfterMs / 1000} s`)
  else running.cancelLimit = parts.clock.after(Math.min(leftMs, FARTHEST_LOOK_MS), () => watchTimeLimit(parts, running))
}

/** Ends it when its processes hold more than its limit. */
export function checkRamLimit(parts: ControlParts, running: Running): void {
  const { ramLimitMb, sample, ending } = running
  if (ramLimitMb <= 0 || sample.ramMb <= ramLimitMb || ending) return
  limit(parts, running, 'memory', `used ${Math.round(sample.ramMb)} MB of memory, its limit is ${ramLimitMb} MB`)
}

function limit(parts: ControlParts, running: Running, cause: 'autokill' | 'memory', reason: string): void {
  const ending = { cause, reason, signals: SIGNALS.stop, delayMs: DELAY_MS, choice: null }
  // Nothing got the signal: it ends by itself at this moment.
  end(parts, running, ending).catch(() => {})
}

async function step(parts: ControlParts, running: Running, left: readonly NodeJS.Signals[]): Promise<void> {
  const [signal, ...rest] = left
  const { ending } = running
  if (!signal || !ending) return
  await send(parts, running, signal, ending.choice)
  // What is stopped does not die of a signal that it may handle.
  if (running.suspended && !running.over) await wake(parts, running)
  if (running.ending !== ending || running.over) return
  running.cancelNextSignal = parts.clock.after(ending.delayMs, () => {
    step(parts, running, rest).catch(() => {})
  })
}

async function wake(parts: ControlParts, running: Running): Promise<void> {
  await send(parts, running, 'SIGCONT', null)
  resume(parts, running)
}

/** @throws not_found when no process got it */
function send(parts: ControlParts, running: Running, signal: NodeJS.Signals, choice: NameChoice): Promise<void> {
  return new Promise((resolve, reject) => {
    if (running.over) {
      reject(new DomainError('not_found', `job ${running.jobId} has just ended`))
      return
    }
    deliver(parts, { running, signal, choice }, (hit) => {
      // Noted at once, so that an end in the same breath is known to be its doing.
      if (hit === 'main' && signal !== 'SIGCONT') running.sent.push(signal)
      const problem = choice ? 'no process of it has such a name' : 'it has just ended'
      if (hit !== 'none') resolve()
      else reject(new DomainError('not_found', `job ${running.jobId} got no ${signal}: ${problem}`))
    })
  })
}

function suspend({ clock, tell }: ControlParts, running: Running): void {
  if (running.suspended || running.over) return
  running.suspended = true
  running.stopwatch.pause(clock.monotonicMs())
  running.cancelLimit()
  tell({ kind: 'suspended', jobId: running.jobId, attempt: running.attempt, at: clock.now() })
}

function resume(parts: ControlParts, running: Running): void {
  if (!running.suspended || running.over) return
  const { clock, tell } = parts
  running.suspended = false
  running.stopwatch.resume(clock.monotonicMs())
  tell({ kind: 'resumed', jobId: running.jobId, attempt: running.attempt, at: clock.now() })
  watchTimeLimit(parts, running)
}
