/** What is known of nodes: reported by a scheduler's adapter, judged by the values that arrive (spec/cockpit.md 1.12). */

import type { Caller } from '../../auth/caller.ts'
import type { NodeReport } from '../../store/node-store.ts'

export interface NodeStanding {
  hostname: string
  /** As the scheduler says them, in any case: `["ALLOCATED","DRAIN"]`. */
  states: readonly string[]
  cpusAllocated: number
  memoryAllocatedMb: number
  gpusAllocated: number
  jobsRunning: number
}

export interface Nodes {
  /** Unknown clusters and hosts are logged and passed over. @throws forbidden, unavailable */
  report(caller: Caller, cluster: string, standings: readonly NodeStanding[]): Promise<void>
  /** @throws forbidden for a caller who is neither support nor admin nor api */
  latest(caller: Caller, cluster?: string): Promise<NodeReport[]>
}
