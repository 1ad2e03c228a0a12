/** Finds the paths that a run is about (spec/hub.md 4.5). */

import type { MoverParts } from '../mover/parts.ts'
import type { DiscoveryOrder, Finding, TaskResult } from '../task-order.ts'

export interface DiscoveryParts extends Pick<MoverParts, 'ledger' | 'clock' | 'log' | 'cancelled' | 'switchTo'> {
  /** Resolves when the finding is stored; a few are told before the first of them has resolved. */
  found(finding: Finding): Promise<void>
  /** How many findings were stored for this order before, over restarts: the next has this sequence. */
  sequence: number
}

/**
 * Tells everything from the order's cursor on. The outcomes are of paths that could not be read; there are at most a
 * thousand of them, and the last says how many more there were.
 */
export async function discover(_order: DiscoveryOrder, _parts: DiscoveryParts): Promise<TaskResult> {
  return { outcomes: [], failure: 'discovery is to come' }
}
