/**
 * What a record is: the account of one run of a job, whoever ran it: who, where, when, with what, and how it behaved. A
 * run of our own engine and one that another scheduler reported are the same noun. Pure data.
 */

import type { Instant } from '../base/clock.ts'

/** Our own number of a record (ClusterCockpit's database id). */
export type RecordId = number

/** Slurm's words in lower case (cc-lib schema/job.go). */
export const RECORD_STATES = [
  'boot_fail',
  'cancelled',
  'completed',
  'deadline',
  'failed',
  'node_fail',
  'out_of_memory',
  'pending',
  'preempted',
  'running',
  'suspended',
  'timeout',
] as const
export type RecordState = (typeof RECORD_STATES)[number]

/** Whether others may have used the same nodes at the same time. */
export const SHARINGS = ['none', 'single_user', 'multi_user'] as const
export type Sharing = (typeof SHARINGS)[number]

/** How far the keeping of its curves has come: never wanted, running or waiting for it, given up, done. */
export const MONITORINGS = ['disabled', 'pending', 'failed', 'archived'] as const
export type Monitoring = (typeof MONITORINGS)[number]

/** What a job had of one host; an empty list stands for all of it. */
export interface Resource {
  hostname: string
  /** Numbers of hardware threads. */
  hwthreads: readonly number[]
  /** Ids as `cluster.json` has them. */
  accelerators: readonly string[]
  configuration: string
}

/** Who may read and write a tag: `global`, `admin`, or a user's name for a tag of his own. */
export type TagScope = string

export interface TagName {
  type: string
  name: string
  scope: TagScope
}

export interface Tag extends TagName {
  id: number
}

/** Over the node curves of a job: mean of the nodes' means, least, greatest. */
export interface MetricStatistics {
  unit: { base: string; prefix: string }
  avg: number
  min: number
  max: number
}

/** How a run behaved; known when it has ended, and guessed at while it runs. */
export interface Behaviour {
  statistics: Readonly<Record<string, MetricStatistics>> | null
  /** By `<metric>_<avg|min|max>`. */
  footprint: Readonly<Record<string, number>> | null
  /** kWh by metric. */
  energyFootprint: Readonly<Record<string, number>> | null
  /** kWh in all. */
  energy: number
}

/** What is known of a run when it is reported; how it behaved as well where the sender knows, and nothing here measures it. */
export interface Report extends Omit<Behaviour, 'statistics'> {
  /** The scheduler's number; our engine's for its own jobs. */
  jobId: number
  cluster: string
  subCluster: string
  partition: string
  project: string
  user: string
  shared: Sharing
  resources: readonly Resource[]
  numNodes: number
  numHwthreads: number
  numAcc: number
  smt: number
  /** 0 for none. */
  arrayJobId: number
  /** 0 for no limit. */
  walltimeMs: number
  startedAt: Instant
  /** 0 where unknown. */
  submittedAt: Instant
  /** 0 where unknown. */
  requestedMemoryMb: number
  metaData: Readonly<Record<string, string>> | null
  tags: readonly TagName[]
  monitoring: Monitoring
}

export interface JobRecord extends Omit<Report, 'tags'>, Behaviour {
  id: RecordId
  /** `engine` for runs of our own, `reported` for another scheduler's. */
  origin: 'engine' | 'reported'
  /** The engine's attempt; 0 for a reported run. */
  attempt: number
  state: RecordState
  /** Of a run that is over; 0 while it runs. */
  durationMs: number
  tags: readonly Tag[]
}

/** Milliseconds that the run has taken; negative for one that begins in the future. */
export function runtimeMs(record: Pick<JobRecord, 'state' | 'startedAt' | 'durationMs'>, now: Instant): number {
  return record.state === 'running' || record.state === 'suspended' ? now - record.startedAt : record.durationMs
}
