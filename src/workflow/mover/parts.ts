/** What a step needs of the process that it runs in. */

import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { ObjectStorage } from '../../object-storage/object-storage.ts'
import type { Target } from '../site.ts'
import type { SiteLedger } from '../site-ledger.ts'
import type { Identity } from '../task-order.ts'

export interface MoverParts {
  /** Of the site that the order works on. */
  ledger: SiteLedger
  /** Opened once and shared by tasks; a target of the order's site or of its origin. */
  storageFor(target: Target): ObjectStorage | Promise<ObjectStorage>
  clock: Clock
  log: Logger
  /** How far it is, as sums from the start of the order; called often. */
  progress(done: number, movedBytes: number): void
  /** Aborted when the step is to end after the file in hand: what was not begun is left, with the outcome `aborted`. */
  ending: AbortSignal
  /** Aborted after that when a file in hand is to be dropped too: it and its object are as before, and it is left. */
  dropping: AbortSignal
  /**
   * Acts with that account's rights from now on, null for the process's own. Process-wide: a step calls it around
   * synchronous work alone. Never called with an identity where the order has none.
   */
  switchTo(identity: Identity | null): void
  /** Told the name of each moment at which a crash would leave something to finish; for tests that crash there. */
  point?(name: string): void
}
