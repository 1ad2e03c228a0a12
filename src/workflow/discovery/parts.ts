/** What a discovery needs of the process that it runs in. */

import type { MoverParts } from '../mover/parts.ts'
import type { Finding } from '../task-order.ts'

export interface DiscoveryParts extends Pick<MoverParts, 'ledger' | 'clock' | 'log' | 'ending' | 'switchTo'> {
  /** Resolves when the finding is stored; a few are told before the first of them has resolved. */
  found(finding: Finding): Promise<void>
  /** How many findings were stored for this order before, over restarts: the next has this sequence. */
  sequence: number
}
