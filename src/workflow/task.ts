/**
 * An invocation of a workflow (a run; the Hub's word is job) and the tasks it falls into. Each task is one job of the
 * engine over one batch of paths. Pure data.
 */

import type { Instant } from '../base/clock.ts'
import type { Outcome } from './path-entry.ts'
import type { Discovery, FieldValue } from './workflow.ts'

export type RunId = number
export type TaskId = number

/** Spec/hub.md 5.2. */
export const RUN_STATES = [
  'new',
  'pending',
  'started',
  'success',
  'failure',
  'error',
  'pausing',
  'paused',
  'dequeuing',
  'cancelled',
  'skipped',
] as const
export type RunState = (typeof RUN_STATES)[number]

/** Spec/hub.md 5.3. */
export const TASK_STATES = ['pending', 'started', 'success', 'failure', 'error', 'skipped', 'cancelled'] as const
export type TaskState = (typeof TASK_STATES)[number]

/** The lanes into which a site's queue falls (spec/hub.md 6). */
export const LANES = ['worker', 'discovery', 'custom', 'interactive', 'settings'] as const
export type Lane = (typeof LANES)[number]

export type OutcomeCounts = Readonly<Record<Outcome, number>>

/** Sums over the tasks of a run, kept as they end, so that no list adds up tasks. */
export interface RunTotals {
  /** Paths that discovery found, or that were given. */
  discovered: number
  discoveredBytes: number
  outcomes: OutcomeCounts
  movedBytes: number
  tasks: Readonly<Record<TaskState, number>>
}

export interface Run {
  id: RunId
  /** Grows by one with every change; a stale writer is refused. */
  version: number
  workflow: string
  label: string
  site: string
  queue: string
  owner: string
  /** Name of the client key that it came with; '' for none. */
  clientKey: string
  schedule: number | null
  state: RunState
  discovery: Discovery | null
  /** As given. */
  paths: readonly { path: string; state: string }[]
  fields: Readonly<Record<string, FieldValue>>
  createdAt: Instant
  startedAt: Instant | null
  completedAt: Instant | null
  totals: RunTotals
}

/** One step over one batch. */
export interface Task {
  id: TaskId
  run: RunId
  /** Our engine's number of it: the same. */
  jobId: number
  /** `dynamo.tasks.migrate`, or of discovery `dynamo.tasks.recursive_navigate`, `dynamo.tasks.snapdiff`. */
  name: string
  site: string
  queue: string
  lane: Lane
  state: TaskState
  arguments: Readonly<Record<string, unknown>>
  /** Whose processed paths it got; null for what discovery found or was given. */
  parent: TaskId | null
  /** Which rule and which of its actions; -1 for discovery. */
  rule: number
  step: number
  pathCount: number
  outcomes: OutcomeCounts
  movedBytes: number
  /** Why it failed as a whole; '' otherwise. */
  message: string
  createdAt: Instant
  startedAt: Instant | null
  completedAt: Instant | null
}
