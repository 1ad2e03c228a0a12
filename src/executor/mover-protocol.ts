/**
 * What server and mover say to each other over the mover's socket: a line of JSON a message, several lines a write. The
 * server says hello first; nothing is told to it before the answer, and a newer hello ends an older connection.
 */

import { join } from 'node:path'
import type { Instant } from '../base/clock.ts'
import type { ErrorCode } from '../base/errors.ts'
import type { Site } from '../workflow/site.ts'
import type { Finding, TaskOrder, TaskProgress } from '../workflow/task-order.ts'
import type { TaskEnd } from './desk.ts'
import type { Attempt, ExecutorSamples, Inventory, SignalOrder } from './executor.ts'

/** Raised with every change that an older mover, which may still have tasks, would not understand. `retire` never changes. */
export const MOVER_VERSION = 3

/** In the mover's directory. */
export const MOVER_SOCKET = 'mover.sock'

/** A batch of a thousand paths of the greatest length, where every byte is escaped, with what they were called before. */
export const MAX_MOVER_LINE_BYTES = 64 << 20
/** What may wait for a reader that does not read, before it is taken for dead: a batch for each lane, or what became of it. */
export const MAX_MOVER_UNSENT_BYTES = 512 << 20

/** Where the files of a site's mover are, in the data directory. */
export function moverFolder(dataDir: string, site: string): string {
  return join(dataDir, 'sites', site, 'mover')
}

/** Beside the mover's directory. */
export function ledgerFile(moverDir: string): string {
  return join(moverDir, '..', 'ledger.db')
}

/** One key an attempt. */
export function attemptKey({ jobId, attempt }: Attempt): string {
  return `${jobId}.${attempt}`
}

export type ToMover =
  /** `site` as it is set up now. */
  | { kind: 'hello'; version: number; site: Site }
  | ({ kind: 'start'; order: TaskOrder } & Attempt)
  | { kind: 'signal'; ticket: number; order: SignalOrder }
  /** Of all that runs and will run together; 0 for no limit. Holds until another comes, whatever the orders say. */
  | { kind: 'bandwidth'; bytesPerSecond: number }
  /** This finding is stored: the discovery may go on. */
  | ({ kind: 'found'; sequence: number } & Attempt)
  /** These ends are stored. */
  | { kind: 'stored'; attempts: readonly Attempt[] }
  /** Answered `pong`: a mover that hangs does not. */
  | { kind: 'ping' }
  /** End as soon as nothing runs. */
  | { kind: 'retire' }

/** How an attempt came to its end; repeated to every server until it is stored. */
export type MoverEnd =
  | ({ kind: 'ended'; at: Instant; startedAt: Instant; cpuMs: number; maxRamMb: number; end: TaskEnd } & Attempt)
  | ({ kind: 'lost'; at: Instant; reason: string } & Attempt)

export type FromMover =
  /** The inventory names what ended and is not stored as well: the ends follow. */
  | { kind: 'hello'; version: number; inventory: Inventory }
  | MoverEnd
  | ({ kind: 'started'; at: Instant; pid: number } & Attempt)
  | ({ kind: 'refused'; reason: string } & Attempt)
  | ({ kind: 'suspended' | 'resumed'; at: Instant } & Attempt)
  | ({ kind: 'finding'; finding: Finding } & Attempt)
  | ({ kind: 'progress'; progress: TaskProgress } & Attempt)
  /** Fire and forget. */
  | { kind: 'samples'; samples: ExecutorSamples }
  | { kind: 'pong' }
  | { kind: 'signalled'; ticket: number }
  | { kind: 'notSignalled'; ticket: number; code: ErrorCode; message: string }
