/** What is remembered of workflows, as a contract: definitions, runs, tasks and their batches, schedules. */

import type { Instant } from '../base/clock.ts'
import type { PathEntry, PathOutcome } from '../workflow/path-entry.ts'
import type { OutcomeCounts, Run, RunId, RunState, Task, TaskId, TaskState } from '../workflow/task.ts'
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
  schedules?: readonly number[]
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

/** Tasks of all runs, by id. */
export interface TaskListing {
  /** Each once. */
  states?: readonly TaskState[]
  descending: boolean
  offset: number
  limit: number
}

export type TaskCounts = Readonly<Record<TaskState, number>>

export interface WorkflowStore {
  definitions(): Promise<Workflow[]>
  /** @throws conflict when the name is taken */
  insertDefinition(workflow: Omit<Workflow, 'id'>): Promise<Workflow>
  /** @throws not_found, conflict */
  replaceDefinition(workflow: Workflow): Promise<void>
  removeDefinition(id: number): Promise<boolean>

  /** Stores the run, the definition that it goes by, and its first tasks with their batches in one commit; the id is given here. */
  insertRun(run: Omit<Run, 'id'>, definition: Workflow, tasks: readonly NewTask[]): Promise<RunId>
  run(id: RunId): Promise<Run | undefined>
  /** As it was when the run began. */
  definitionOf(id: RunId): Promise<Workflow | undefined>
  /** Stores state and end, if the stored version is `run.version - 1`; totals are kept by what tasks do. @throws conflict (`details.stale`) */
  replaceRun(run: Pick<Run, 'id' | 'version' | 'state' | 'completedAt'>): Promise<void>
  runs(listing: RunListing): Promise<Run[]>
  /** Quick also among 100,000 runs. */
  stats(filter: RunFilter): Promise<RunStats>
  /** Every run that is not over, by id. */
  openRuns(): Promise<Run[]>
  /** With their tasks and batches; answers how many. */
  removeRunsBefore(completedBefore: Instant, limit: number): Promise<number>

  task(id: TaskId): Promise<Task | undefined>
  /** By id. */
  tasks(run: RunId, page: { states?: readonly TaskState[]; offset: number; limit: number }): Promise<Task[]>
  /** Quick also among ten million, at both ends. */
  allTasks(listing: TaskListing): Promise<Task[]>
  /** Over all runs. */
  taskCounts(): Promise<TaskCounts>
  /** The next after `after` of a run that the engine has jobs for and that are not over, by id. */
  handedTasks(run: RunId, after: TaskId, limit: number): Promise<Task[]>
  /** The next tasks of a run that wait and that the engine has no jobs for, by id. */
  unhandedTasks(run: RunId, limit: number): Promise<Task[]>
  /** How many tasks of a run wait in the engine's queue. */
  countQueued(run: RunId): Promise<number>
  /** The engine has their jobs from this commit on. */
  markHanded(ids: readonly TaskId[]): Promise<void>
  /** The paths that a task works on, and what became of each; empty outcomes while it has none. */
  batch(id: TaskId): Promise<{ entries: PathEntry[]; outcomes: PathOutcome[] }>
  /** Marks it started, unless it is so or has ended. */
  startTask(id: TaskId, at: Instant): Promise<void>
  /** Marks it as waiting again, if it had started. */
  returnTask(id: TaskId): Promise<void>
  /** A last task of a run, once a rule and step. Answers false when it is there already. */
  appendTask(run: RunId, task: NewTask): Promise<boolean>
  /**
   * A batch of a discovery, once by (task, sequence): the tasks that follow from it, and the cursor to go on from; in one
   * commit. Answers false when it was stored before, is not the next, or the task has ended.
   */
  storeFinding(
    id: TaskId,
    finding: { sequence: number; cursor: string; pathCount: number; sizeBytes: number },
    next: readonly NewTask[],
  ): Promise<boolean>
  /** Where a discovery goes on; null when nothing is stored. */
  cursor(id: TaskId): Promise<{ sequence: number; cursor: string } | null>
  /** The end of a task and the tasks that follow from it, in one commit, once; updates the run's totals. Answers false when it had ended before. */
  endTask(id: TaskId, end: EndOfTask, next: readonly NewTask[]): Promise<boolean>
  /** Ends the first `limit` tasks of a run that have not started, whose paths count as aborted; answers which. */
  cancelPending(run: RunId, end: { at: Instant; message: string }, limit: number): Promise<TaskId[]>
  /** False where a discovery of it failed or was cancelled: there may be paths that nobody knows. */
  isAllFound(run: RunId): Promise<boolean>
  /** Of all tasks: paths that failed, were aborted, or never had their turn, for a resubmission; in batches. */
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

export interface EndOfTask {
  state: TaskState
  at: Instant
  message: string
  outcomes: readonly PathOutcome[]
  /** What the totals of the run gain: a path counts once, where its way ends. */
  counted: OutcomeCounts
  /** Its batch from now on, where the rest of it goes on in another task. */
  entries?: readonly PathEntry[]
}

/** The number of a task is that of its job. */
export type NewTask = Pick<
  Task,
  'jobId' | 'name' | 'site' | 'queue' | 'lane' | 'arguments' | 'parent' | 'rule' | 'step' | 'createdAt'
> & {
  entries: readonly PathEntry[]
  /** Of a discovery that goes on for another. */
  from?: { sequence: number; cursor: string }
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
  /** From when on it does not count; null for never. */
  expiresAt: Instant | null
  /** To the minute. */
  lastUsedAt: Instant | null
}

export interface ClientKeyStore {
  insert(key: Omit<ClientKey, 'id'>): Promise<number>
  byPrefix(prefix: string): Promise<ClientKey | undefined>
  list(user?: string): Promise<ClientKey[]>
  /** Name and end. */
  change(key: Pick<ClientKey, 'id' | 'name' | 'expiresAt'>): Promise<boolean>
  markUsed(id: number, at: Instant): Promise<void>
  revoke(id: number, at: Instant): Promise<boolean>
}
