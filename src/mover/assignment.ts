/** A task that a mover was given, until it has ended. */

import type { Instant } from '../base/clock.ts'
import type { Attempt } from '../executor/executor.ts'
import type { Finding, TaskOrder } from '../workflow/task-order.ts'
import type { Worker } from './crew.ts'

export interface Assignment extends Attempt {
  readonly order: TaskOrder
  /** undefined while it waits for one. */
  worker: Worker | undefined
  startedAt: Instant
  suspended: boolean
  /** Settles those who asked for its suspension. */
  resting: (() => void)[]
  stopped: boolean
  /** It is to end after the file in hand. */
  yielding: boolean
  /** Its worker was killed because somebody wanted it so. */
  forced: boolean
  /** Told and not known to be stored, by sequence. */
  readonly findings: Map<number, Finding>
}

export function newAssignment({ jobId, attempt }: Attempt, order: TaskOrder): Assignment {
  return {
    ...{ jobId, attempt, order },
    worker: undefined,
    startedAt: 0,
    suspended: false,
    resting: [],
    stopped: false,
    yielding: false,
    forced: false,
    findings: new Map(),
  }
}
