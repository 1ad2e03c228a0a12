/** A cluster as `cluster.json` describes it (cc-lib schema/schemas/cluster.schema.json): what it measures, of which nodes it is made. */

import type { Aggregation, Scope, Unit } from '../metric.ts'

/** How a metric is judged; the lower thresholds are the worse ones unless `lowerIsBetter`. */
export interface Thresholds {
  peak: number
  normal: number
  caution: number
  alert: number
}

export interface MetricConfig extends Thresholds {
  name: string
  unit: Unit
  /** Where it is measured. */
  scope: Scope
  timestepSeconds: number
  aggregation: Aggregation
  /** Which statistic is the metric's footprint; null for none. */
  footprint: 'avg' | 'min' | 'max' | null
  /** Power (W) or energy (J) of which it is a measure; null for none. */
  energy: 'power' | 'energy' | null
  lowerIsBetter: boolean
  /** Hidden from plain users. */
  restrict: boolean
}

export interface Accelerator {
  id: string
  type: string
  model: string
}

/** Numbers of hardware threads. */
export interface Topology {
  node: readonly number[]
  socket: readonly (readonly number[])[]
  memoryDomain: readonly (readonly number[])[]
  die: readonly (readonly number[])[]
  core: readonly (readonly number[])[]
  accelerators: readonly Accelerator[]
}

export interface SubCluster {
  name: string
  /** The host list as written. */
  nodes: string
  processorType: string
  socketsPerNode: number
  coresPerSocket: number
  threadsPerCore: number
  topology: Topology
  /** The cluster's metrics with what the subcluster changes, without those that it removes. */
  metrics: readonly MetricConfig[]
}

export interface Cluster {
  name: string
  metrics: readonly MetricConfig[]
  subClusters: readonly SubCluster[]
  /** The file's own JSON, for `GET /api/clusters/`. */
  source: unknown
}

export interface Clusters {
  list(): readonly Cluster[]
  get(name: string): Cluster | undefined
  /** The first whose host list has the host, or whose host list is `*`; undefined for none. */
  subClusterOf(cluster: string, hostname: string): SubCluster | undefined
}
