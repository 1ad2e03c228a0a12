/** What is remembered of nodes, as a contract: how they stood whenever somebody reported it. */

import type { Instant } from '../base/clock.ts'

export const NODE_STATES = ['allocated', 'reserved', 'idle', 'mixed', 'down', 'unknown'] as const
export type NodeState = (typeof NODE_STATES)[number]

export interface NodeReport {
  cluster: string
  subCluster: string
  hostname: string
  at: Instant
  state: NodeState
  health: 'full' | 'partial' | 'failed'
  /** Metrics that are missing or stale. */
  unhealthy: { missing: readonly string[]; stale: readonly string[] }
  cpusAllocated: number
  memoryAllocatedMb: number
  gpusAllocated: number
  jobsRunning: number
}

export interface NodeStore {
  /** One row a report, all in one statement. */
  put(reports: readonly NodeReport[]): Promise<void>
  /** The latest report of every node, by cluster and name. */
  latest(cluster?: string): Promise<NodeReport[]>
  history(cluster: string, hostname: string, range: { from: Instant; to: Instant }): Promise<NodeReport[]>
  removeBefore(before: Instant): Promise<number>
}
