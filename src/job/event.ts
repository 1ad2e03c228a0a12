/** Everything that can happen to a job after it was submitted. */

import type { Instant } from '../base/clock.ts'
import type { Amounts, FailureCause, JobRequest } from './job.ts'

/** What the executor saw of an attempt's end. */
export interface ExitFacts {
  at: Instant
  /** When its process began, if that is known better than when it was ordered. */
  startedAt?: Instant
  exitCode: number | null
  signal: string | null
  cpuMs: number
  maxRamMb: number
  /** Set where the end was somebody's doing; undefined when exit code and signal say it all. */
  cause?: FailureCause
  reason?: string
}

export type JobEvent =
  /** (Re)enters the queue at `rank`; `force` also from a final state. */
  | { kind: 'schedule'; rank: number; force: boolean }
  /** Leaves the queue without running. */
  | { kind: 'dequeue'; reason: string }
  | { kind: 'start'; at: Instant; host: string; held: Amounts }
  /** Dispatched, but no process came of it. */
  | { kind: 'withdraw'; reason: string }
  | { kind: 'suspend'; at: Instant }
  | { kind: 'resume'; at: Instant }
  | { kind: 'exit'; facts: ExitFacts }
  /** Its tasker is gone and with it the knowledge of how it ended. */
  | { kind: 'lose'; at: Instant; reason: string }
  | { kind: 'modify'; request: JobRequest; invalidates: boolean }

export type JobEventKind = JobEvent['kind']
