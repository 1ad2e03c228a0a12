/**
 * Where the movers' executor gets what a task is to do and hands in what came of it: its way to the record of
 * workflows. The engine answers it. Each call settles when what it says is durable.
 */

import type { Finding, TaskOrder, TaskProgress, TaskResult } from '../workflow/task-order.ts'
import type { Attempt } from './executor.ts'

/** How an attempt at a task ended. */
export interface TaskEnd extends TaskResult {
  /** Somebody stopped it: the paths that were not begun are `aborted`, or there are no outcomes at all. */
  stopped: boolean
}

export interface Desk {
  /**
   * What this attempt is to do; undefined where its job is no task, or its task has ended or is gone. Asked again after
   * a crash, for the same attempt too; a discovery then goes on where its last stored finding ended.
   * @throws unavailable, which is tried again later; forbidden or invalid when it can never be done
   */
  order(attempt: Attempt): Promise<TaskOrder | undefined>
  /** Stores a finding and the tasks that follow from it, once by its sequence. @throws unavailable, which is tried again */
  found(attempt: Attempt, finding: Finding): Promise<void>
  /** Not stored, and repeated rarely. @throws nothing */
  progress(attempt: Attempt, progress: TaskProgress): void
  /**
   * Stores the outcomes and the tasks that follow in one commit, once: it may be told again after a crash. The job's own
   * end is told to the engine afterwards. An attempt that is lost never comes here.
   * @throws unavailable, which is tried again
   */
  ended(attempt: Attempt, end: TaskEnd): Promise<void>
}
