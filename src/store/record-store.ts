/** What is remembered of runs, as a contract: records and their tags. */

import type { Instant } from '../base/clock.ts'
import type { Filter } from '../job/filter.ts'
import type { Behaviour, JobRecord, Monitoring, RecordId, RecordState, Tag, TagName } from '../job/record.ts'
import type { RecordField } from '../job/record-field.ts'

export type NewRecord = Omit<JobRecord, 'id' | 'tags'>

/** Whichever is given must be equal; of several the newest start is meant. */
export interface RecordKey {
  jobId: number
  cluster?: string
  startedAt?: Instant
}

export interface RecordOrder {
  field: RecordField
  descending: boolean
}

export interface RecordQuery {
  filter: Filter<RecordField>
  /** Equal ones go by id, in the direction of the first. */
  order: readonly RecordOrder[]
  offset?: number
  /** undefined for all. */
  limit?: number
  /** For the duration of what still runs. */
  now: Instant
}

export interface RecordStore {
  /**
   * Stores a reported run in one statement. Refused when a run of the same job and cluster began less than a day before
   * it, or at any time after it (spec/cockpit.md 1.3).
   * @throws conflict, with `details.id` of the run in the way
   */
  insert(record: NewRecord): Promise<RecordId>
  /** Stores runs of the engine, all in one statement; a run that is there already (job, cluster, attempt, start) gets what is known now, except once it has ended. */
  putRuns(records: readonly NewRecord[]): Promise<void>
  /** Stores a run of an archive as it is, with its tags; answers its id, also when it was there. */
  import(record: NewRecord, tags: readonly TagName[]): Promise<RecordId>
  get(id: RecordId): Promise<JobRecord | undefined>
  find(key: RecordKey): Promise<JobRecord | undefined>
  /** Ends (or for `running`: measures) a run that is running or suspended. @throws conflict (`details.stale`) when it is not any more */
  stop(id: RecordId, end: { state: RecordState; durationMs: number }): Promise<void>
  /** What became of its curves; nothing happens when it is gone. */
  settle(id: RecordId, outcome: Behaviour & { monitoring: Monitoring }): Promise<void>
  /** Sets one key in one statement, so that two setters do not undo each other. @throws not_found */
  setMetaData(id: RecordId, key: string, value: string): Promise<void>
  /** No error for tags that it has. @throws not_found */
  tag(id: RecordId, tags: readonly TagName[]): Promise<void>
  untag(id: RecordId, tags: readonly TagName[]): Promise<void>
  /** Every tag, with how many records have it. */
  tags(): Promise<(Tag & { count: number })[]>
  /** Takes the tag from every record; answers whether there was one. */
  removeTag(tag: TagName): Promise<boolean>
  /** One page, read on another thread. @throws invalid for a filter that cannot be read or an order by host or tag, unavailable when it takes too long */
  list(query: RecordQuery): Promise<JobRecord[]>
  count(filter: Filter<RecordField>, now: Instant): Promise<number>
  /** All of a query in batches from one snapshot; must be drained or returned. */
  scan(query: RecordQuery): AsyncIterable<JobRecord[]>
  /** Runs that are over and whose curves are still to be kept, oldest first. */
  unsettled(limit: number): Promise<JobRecord[]>
  /** Answers whether there was one. */
  remove(id: RecordId): Promise<boolean>
  /** Removes what began before; `keeping` spares the tagged: all of them, or those with a tag that no tagger makes (types app and jobClass). */
  removeBefore(before: Instant, keeping: 'none' | 'all' | 'user'): Promise<number>
  /** The newest (job, attempt) of the engine that is recorded, to go on from after a crash. */
  lastRun(): Promise<{ jobId: number; attempt: number } | undefined>
  /** Hosts of runs that run now and began before, by cluster, sorted. */
  usedHosts(before: Instant): Promise<Record<string, string[]>>
}
