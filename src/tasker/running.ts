/** An attempt while something of it may be alive. */

import type { Instant } from '../base/clock.ts'
import type { Attempt, StartOrder } from '../executor/executor.ts'
import { Meter } from '../executor/resident/process/meter.ts'
import type { FailureCause } from '../job/job.ts'
import { keyOf } from './journal-entry.ts'
import type { NameChoice } from './signal/name-choice.ts'
import { Stopwatch } from './stopwatch.ts'

/** What its processes used together when they were last looked at. */
export interface Sample {
  ramMb: number
  cpuMs: number
  peakRamMb: number
}

/** Why and how it is being ended. */
export interface Ending {
  cause: FailureCause
  /** Without the signals that it took. */
  reason: string
  signals: readonly NodeJS.Signals[]
  delayMs: number
  choice: NameChoice
}

export interface Running extends Attempt {
  readonly key: string
  readonly slot: number
  /** On the monotonic clock. */
  readonly bornMs: number
  readonly killAfterMs: number
  readonly ramLimitMb: number
  readonly stopwatch: Stopwatch
  readonly sample: Sample
  readonly meter: Meter
  /** null until it exists. */
  process: { pid: number; startTime: string } | null
  startedAt: Instant | null
  suspended: boolean
  /** Reaped: its slot may be another's by now. */
  over: boolean
  ending: Ending | null
  /** Signals that its first process got since its ending began. */
  sent: NodeJS.Signals[]
  /** Start times by pid of members that left the process group and must not outlive an ending. */
  readonly outsiders: Map<number, string>
  /** Cancels the next signal of the ending, or the watch over the time limit. */
  cancelNextSignal: () => void
  cancelLimit: () => void
}

export function newRunning(order: StartOrder, slot: number, nowMs: number): Running {
  const { jobId, attempt, killAfterMs, ramLimitMb } = order
  return {
    ...{ jobId, attempt, killAfterMs, ramLimitMb, slot },
    key: keyOf(order),
    bornMs: nowMs,
    stopwatch: new Stopwatch(nowMs),
    sample: { ramMb: 0, cpuMs: 0, peakRamMb: 0 },
    meter: new Meter(),
    process: null,
    startedAt: null,
    suspended: false,
    over: false,
    ending: null,
    sent: [],
    outsiders: new Map(),
    cancelNextSignal: () => {},
    cancelLimit: () => {},
  }
}
