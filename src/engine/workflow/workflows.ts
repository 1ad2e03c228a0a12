/** Every command about workflows that a dialect may give; who may do it is decided here alone. */

import type { Caller } from '../../auth/caller.ts'
import type { RunListing, RunStats, Schedule, TaskCounts, TaskListing } from '../../store/workflow-store.ts'
import type { PathEntry, PathOutcome } from '../../workflow/path-entry.ts'
import type { Site } from '../../workflow/site.ts'
import type { Run, RunId, Task, TaskId, TaskState } from '../../workflow/task.ts'
import type { Discovery, FieldValue, Workflow } from '../../workflow/workflow.ts'

/** What a dialect asks with and is answered with; the store itself it does not see. */
export type { RunFilter, RunListing, RunStats, Schedule, TaskCounts, TaskListing } from '../../store/workflow-store.ts'

export interface Submission {
  workflow: string
  site: string
  /** '' for `default`. */
  queue: string
  paths: readonly { path: string; state?: string }[]
  /** undefined for the workflow's own, null for the paths as given. */
  discovery: Discovery | null | undefined
  fields: Readonly<Record<string, FieldValue>>
  clientKey: string
  schedule: number | null
}

/** An entry of a folder with what the site knows of it. */
export interface SiteFile {
  name: string
  path: string
  type: 'file' | 'directory' | 'symlink' | 'other'
  sizeBytes: number
  residentBytes: number
  mtime: number
  ctime: number
  atime: number
  mode: number
  uid: number
  gid: number
  status: 'resident' | 'premigrated' | 'migrated'
}

/** Refusals about one field of an object carry `details.field`, so that a dialect can name it. */
export interface Workflows {
  sites(): readonly Site[]
  /** The machine that works for all sites. */
  nodeName(): string
  list(): Promise<Workflow[]>
  /** Takes what `workflow/definition.ts` reads. @throws invalid, conflict, forbidden */
  create(caller: Caller, definition: unknown): Promise<Workflow>
  /** `partial`: only the keys that are there. @throws not_found too */
  change(caller: Caller, id: number, definition: unknown, partial: boolean): Promise<Workflow>
  /** @throws not_found, conflict for a built-in one, forbidden */
  remove(caller: Caller, id: number): Promise<void>

  /** @throws invalid naming the field, forbidden */
  submit(caller: Caller, submission: Submission): Promise<Run>
  /** @throws not_found */
  run(caller: Caller, id: RunId): Promise<Run>
  runs(caller: Caller, listing: RunListing): Promise<Run[]>
  stats(caller: Caller, filter: RunListing['filter']): Promise<RunStats>
  tasks(
    caller: Caller,
    run: RunId,
    page: { states?: readonly TaskState[]; offset: number; limit: number },
  ): Promise<Task[]>
  /** Of all runs. */
  allTasks(caller: Caller, listing: TaskListing): Promise<Task[]>
  taskCounts(caller: Caller): Promise<TaskCounts>
  task(caller: Caller, id: TaskId): Promise<Task>
  /** What became of each path of a task. */
  paths(caller: Caller, id: TaskId): Promise<{ entries: PathEntry[]; outcomes: PathOutcome[] }>
  /** @throws conflict where its state does not allow it: `Cannot pause a job in state SUCCESS.` in the dialect's words */
  control(caller: Caller, id: RunId, action: 'cancel' | 'pause' | 'resume'): Promise<Run>
  /** A new run over the paths that failed, or over all where none did. */
  resubmit(caller: Caller, id: RunId): Promise<Run>

  schedules(): Promise<Schedule[]>
  createSchedule(
    caller: Caller,
    schedule: Omit<Schedule, 'id' | 'owner' | 'createdAt' | 'lastRunAt'>,
  ): Promise<Schedule>
  changeSchedule(caller: Caller, schedule: Schedule): Promise<Schedule>
  removeSchedule(caller: Caller, id: number): Promise<void>

  /** What stands in a folder of a site, with the caller's rights. @throws not_found, forbidden, invalid outside the roots */
  browse(caller: Caller, site: string, path: string): Promise<{ self: SiteFile; children: SiteFile[] }>
}
