/** What is remembered of workflows, as a contract: definitions, runs, tasks and their batches, schedules. */

import type { Instant } from '../base/clock.ts'
import type { PathEntry, PathOutcome } from '../workflow/path-entry.ts'
import type { Run, RunId, RunState, Task, TaskId, TaskState } from '../workflow/task.ts'
import type { FieldValue, Workflow } from '../workflow/workflow.ts'

export interface Schedule {
  id: number
  name: string
  workflow: string
  site: string
  queue: string
  paths: readonly string[]
  fields: Readonly<Record<string, FieldValue>>
  discovery: Workflow['discovery']
  /** Five fields of cron, in the site's time zone. */
  cron: string
  timeZone: string
  enabled: boolean
  owner: string
  createdAt: Instant
  lastRunAt: Instant | null
}

export interface RunFilter {
  ids?: readonly RunId[]
  sites?: readonly string[]
  states?: readonly RunState[]
  workflows?: readonly string[]
  queues?: readonly string[]
  owners?: readonly string[]
  createdFrom?: Instant
  createdBefore?: Instant
  /** Without runs that had nothing to do. */
  hideNoop?: boolean
}

export interface RunListing {
  filter: RunFilter
  order: { field: 'id' | 'created' | 'state' | 'workflow' | 'site' | 'owner'; descending: boolean }
  offset: number
  limit: number
}

/** How many runs of a filter there are, by what the list shows beside them. */
export interface RunStats {
  count: number
  types: Readonly<Record<string, number>>
  states: Readonly<Partial<Record<RunState, number>>>
  sites: Readonly<Record<string, number>>
  /** By day of creation in UTC, `2026-11-21`. */
  days: Readonly<Record<string, number>>
}

export interface WorkflowStore {
  definitions(): Promise<Workflow[]>
  /** @throws conflict when the name is taken */
  insertDefinition(workflow: Omit<Workflow, 'id'>): Promise<Workflow>
  /** @throws not_found, conflict */
  replaceDefinition(workflow: Workflow): Promise<void>
  removeDefinition(id: number): Promise<boolean>

  /** Stores the run and its first tasks with their batches in one commit; ids are given here. */
  insertRun(run: Omit<Run, 'id'>, tasks: readonly NewTask[]): Promise<RunId>
  run(id: RunId): Promise<Run | undefined>
  /** If the stored version is `run.version - 1`. @throws conflict (`details.stale`) */
  replaceRun(run: Run): Promise<void>
  runs(listing: RunListing): Promise<Run[]>
  /** Quick also among 100,000 runs. */
  stats(filter: RunFilter): Promise<RunStats>
  /** Every run that is not over. */
  openRuns(): Promise<Run[]>
  removeRunsBefore(completedBefore: Instant, limit: number): Promise<number>

  task(id: TaskId): Promise<Task | undefined>
  taskOfJob(jobId: number): Promise<Task | undefined>
  tasks(run: RunId, page: { states?: readonly TaskState[]; offset: number; limit: number }): Promise<Task[]>
  /** The paths that a task works on, and what became of each; empty outcomes while it has none. */
  batch(id: TaskId): Promise<{ entries: PathEntry[]; outcomes: PathOutcome[] }>
  /** Marks it started, unless it has ended. */
  startTask(id: TaskId, at: Instant): Promise<void>
  /**
   * A batch of a discovery, once by (task, sequence): the tasks that follow from it, and the cursor to go on from; in one
   * commit. Answers false when it was stored before.
   */
  storeFinding(
    id: TaskId,
    finding: { sequence: number; cursor: string; pathCount: number; sizeBytes: number },
    next: readonly NewTask[],
  ): Promise<boolean>
  /** Where a discovery goes on; null when nothing is stored. */
  cursor(id: TaskId): Promise<{ sequence: number; cursor: string } | null>
  /** The end of a task and the tasks that follow from it, in one commit, once; updates the run's totals. Answers false when it had ended before. */
  endTask(
    id: TaskId,
    end: { state: TaskState; at: Instant; message: string; outcomes: readonly PathOutcome[] },
    next: readonly NewTask[],
  ): Promise<boolean>
  /** Tasks of open runs without a job of the engine, oldest first: stored, and not yet handed over when the server ended. */
  unhanded(limit: number): Promise<Task[]>
  /** Ends all tasks of a run that have not started. */
  cancelPending(run: RunId, at: Instant): Promise<number[]>
  /** Of all tasks: paths that failed or were aborted, for a resubmission; in batches. */
  failedPaths(run: RunId): AsyncIterable<PathEntry[]>

  schedules(): Promise<Schedule[]>
  insertSchedule(schedule: Omit<Schedule, 'id'>): Promise<Schedule>
  replaceSchedule(schedule: Schedule): Promise<void>
  removeSchedule(id: number): Promise<boolean>

  /** Runtime configuration, features, actions, searches, alerts, groups: small JSON documents by kind and id. */
  documents(kind: string): Promise<{ id: number; name: string; value: unknown; createdAt: Instant }[]>
  insertDocument(kind: string, name: string, value: unknown, at: Instant): Promise<number>
  replaceDocument(kind: string, id: number, value: unknown): Promise<boolean>
  removeDocument(kind: string, id: number): Promise<boolean>
}

export type NewTask = Omit<
  Task,
  'id' | 'run' | 'jobId' | 'state' | 'outcomes' | 'movedBytes' | 'message' | 'startedAt' | 'completedAt' | 'pathCount'
> & {
  jobId: number
  entries: readonly PathEntry[]
}

/** A key of a program's, kept as a hash (spec/hub.md 3.2). */
export interface ClientKey {
  id: number
  user: string
  name: string
  /** In clear and unique, to find it by. */
  prefix: string
  hash: string
  createdAt: Instant
  revokedAt: Instant | null
  lastUsedAt: Instant | null
}

export interface ClientKeyStore {
  insert(key: Omit<ClientKey, 'id'>): Promise<number>
  byPrefix(prefix: string): Promise<ClientKey | undefined>
  list(user?: string): Promise<ClientKey[]>
  rename(id: number, name: string): Promise<boolean>
  revoke(id: number, at: Instant): Promise<boolean>
}
