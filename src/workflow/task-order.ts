/** What a mover is given to do, and what it tells back. Pure data, as it goes over the wire. */

import type { PathEntry, PathOutcome } from './path-entry.ts'
import type { Site } from './site.ts'
import type { RunId, TaskId } from './task.ts'

/** Whose rights hold for every path; null for the mover's own account. */
export interface Identity {
  name: string
  uid: number
  gid: number
  groups: readonly number[]
}

interface Order {
  run: RunId
  task: TaskId
  /** `dynamo.tasks.migrate`, ... */
  name: string
  /** The site that it works on. */
  site: Site
  identity: Identity | null
  arguments: Readonly<Record<string, unknown>>
}

/** A step over a batch. */
export interface StepOrder extends Order {
  kind: 'step'
  entries: readonly PathEntry[]
  /** The site that the paths come from: its targets hold what other sites fetch. */
  origin: Site
}

/** Walks from the paths and tells what it finds in batches, in an order that can be gone on with. */
export interface DiscoveryOrder extends Order {
  kind: 'discovery'
  technique: 'recursive' | 'snapdiff'
  paths: readonly string[]
  /** Where the last stored batch ended; null to begin. */
  cursor: string | null
  /** How many findings of the task are stored: the next has this sequence. */
  sequence: number
  /** Names the manifest of a snapdiff: one per workflow, site and path. */
  manifest: string
}

export type TaskOrder = StepOrder | DiscoveryOrder

/** A batch of a discovery; the mover goes on when it is stored. */
export interface Finding {
  /** Counts from 0 within the task, over restarts. */
  sequence: number
  entries: readonly PathEntry[]
  /** To go on after this batch. */
  cursor: string
}

export interface TaskProgress {
  done: number
  movedBytes: number
}

export interface TaskResult {
  /** Of a step: one a path, in the order of the entries. Of a discovery: paths that could not be read. */
  outcomes: readonly PathOutcome[]
  /** Why the task failed as a whole, without outcomes to rely on; null when it did its work. */
  failure: string | null
  /**
   * There where it was to end early and did: the indexes of the entries that were not begun, whose outcomes are `aborted`.
   * Empty of a discovery, which goes on from its cursor.
   */
  left?: readonly number[]
}
