/** What a mover and its workers say to each other over the channel between parent and child. */

import type { Site } from '../workflow/site.ts'
import type { Finding, TaskOrder, TaskProgress, TaskResult } from '../workflow/task-order.ts'

export type ToWorker =
  | { kind: 'task'; order: TaskOrder }
  /** Finish or undo what a crash left. */
  | { kind: 'recover'; site: Site }
  /** End now: the file in hand stays as it was. */
  | { kind: 'stop' }
  /** End after the file in hand. */
  | { kind: 'yield' }
  /** Stop the whole process, at a moment when it holds nothing that others wait for. */
  | { kind: 'rest' }
  | { kind: 'found'; sequence: number }
  /** Its share of the site's bandwidth; 0 for no limit. */
  | { kind: 'bandwidth'; bytesPerSecond: number }

export type FromWorker =
  | { kind: 'progress'; progress: TaskProgress }
  | { kind: 'finding'; finding: Finding }
  | { kind: 'resting' }
  | { kind: 'done'; result: TaskResult; cpuMs: number; maxRamMb: number }
  | { kind: 'recovered'; problem: string | null }
