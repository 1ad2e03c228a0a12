/** Forgets finished and idle jobs when their time is over (Accelerator, Autoforget): never one that is queued or runs. */

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { Door } from './apply.ts'
import { forget } from './jobs.ts'
import { createRound } from './round.ts'

/** How long jobs are remembered after their end; 0 for ever. */
export interface KeepTimes {
  doneMs: number
  failedMs: number
  /** Idle ones, counted from their submission. */
  othersMs: number
}

const ROUND_MS = 30_000
const BATCH = 500

export function createJanitor(door: Door, keep: KeepTimes, parts: { clock: Clock; log: Logger }): Service {
  const { clock } = parts
  const work = async () => {
    await forgetOld(door, 'done', keep.doneMs, clock)
    await forgetOld(door, 'failed', keep.failedMs, clock)
    await forgetOld(door, 'idle', keep.othersMs, clock)
  }
  return createRound({ complaint: 'old jobs could not be forgotten', everyMs: ROUND_MS, work }, parts)
}

async function forgetOld(door: Door, state: 'done' | 'failed' | 'idle', keepMs: number, clock: Clock): Promise<void> {
  if (keepMs <= 0) return
  for (;;) {
    const old = await door.jobs.forgettable(state, clock.now() - keepMs, BATCH)
    await Promise.all(old.map((job) => forget(door, job)))
    if (old.length < BATCH) return
  }
}
