/**
 * What is remembered, as a contract. Writes of one turn of the event loop share one commit; each promise settles after
 * the commit of what it asked for. `sqlite/` answers it; a PostgreSQL twin would stand beside it and pass the same suite
 * (`test/contract/store.ts`).
 *
 * Every method may throw `unavailable` (disk full, database gone): then nothing was changed.
 */

import type { Instant } from '../base/clock.ts'
import type { FieldValue, JobField } from '../job/field.ts'
import type { Filter } from '../job/filter.ts'
import type { Job, JobId } from '../job/job.ts'
import type { NodeStore } from './node-store.ts'
import type { RecordStore } from './record-store.ts'
import type { ClientKeyStore, WorkflowStore } from './workflow-store.ts'

export interface Store {
  jobs: JobStore
  users: UserStore
  environments: EnvironmentStore
  settings: SettingStore
  records: RecordStore
  nodes: NodeStore
  workflows: WorkflowStore
  clientKeys: ClientKeyStore
  /** Proves that a commit is possible now. */
  probe(): Promise<void>
  close(): Promise<void>
}

export interface JobStore {
  /** Sets `count` ids aside for ever and answers the first; ids are never given twice, also not after a crash. */
  reserveIds(count: number): Promise<JobId>
  /** @throws conflict naming the job that already writes to the same logfile */
  insert(job: Job): Promise<void>
  /** Stores what events change, if the stored version is `job.version - 1`. @throws conflict (`details.stale`) otherwise */
  replace(job: Job): Promise<void>
  /** As `replace`, and stores the request too. @throws conflict also when the logfile is another job's */
  modify(job: Job): Promise<void>
  /** @throws conflict (stale) when the stored version is not `version` */
  remove(id: JobId, version: number): Promise<void>
  get(id: JobId): Promise<Job | undefined>
  /** Every job that may be alive on a host: running, suspended, withdrawn, transfer. */
  active(): Promise<Job[]>
  /** Every bucket with queued jobs, with one of its jobs; cheap also with a million queued. */
  buckets(): Promise<BucketCount[]>
  /** The next queued jobs of a bucket by (rank, id). */
  candidates(bucket: string, limit: number): Promise<Job[]>
  /** How many queued jobs of the bucket go before this one. */
  countAhead(bucket: string, rank: number, id: JobId): Promise<number>
  /** Jobs that stand in `state` since before `before` and may be forgotten by themselves, oldest first. */
  forgettable(state: 'done' | 'failed' | 'idle', before: Instant, limit: number): Promise<Job[]>
  /** Rows in batches, read on another thread from one snapshot. @throws invalid for a pattern that cannot be read, unavailable when it takes too long */
  query(query: JobQuery): Promise<QueryResult>
  /** How many jobs stand in each state. */
  countByState(): Promise<Partial<Record<Job['state'], number>>>
}

export interface BucketCount {
  bucket: string
  count: number
  sample: Job
}

export interface Order {
  field: JobField
  descending: boolean
}

export interface JobQuery {
  fields: readonly JobField[]
  filter: Filter<JobField>
  order: readonly Order[]
  /** undefined for all. */
  limit?: number
  now: Instant
}

export interface QueryResult {
  /** Rows in all, known before the first batch. */
  count: number
  /** Values in the order of `fields`; must be drained or returned. */
  batches: AsyncIterable<FieldValue[][]>
}

/** An account that may sign in. `revision` changes whenever tokens issued before must no longer count. */
export interface User {
  name: string
  /** Encoded hash; null where the password lives elsewhere (PAM, LDAP). */
  passwordHash: string | null
  roles: readonly string[]
  createdAt: Instant
  revision: number
  /** As a person writes it; '' where unknown. */
  fullName: string
  email: string
  /** The projects whose jobs a manager sees. */
  projects: readonly string[]
  /** Where the password is right, or where the account came from. */
  source: AccountSource
}

export const ACCOUNT_SOURCES = ['local', 'linux', 'ldap', 'token', 'oidc'] as const
export type AccountSource = (typeof ACCOUNT_SOURCES)[number]

export interface UserStore {
  get(name: string): Promise<User | undefined>
  list(): Promise<User[]>
  /** @throws conflict when the name is taken */
  insert(user: User): Promise<void>
  /**
   * Replaces what is stored under the name; with `was`, only where revision and projects are still those, so that nobody
   * brings back rights which another has just taken away. @throws not_found, conflict
   */
  replace(user: User, was?: Pick<User, 'revision' | 'projects'>): Promise<void>
  /** @throws not_found */
  remove(name: string): Promise<void>
  /** A number that differs after any other process changed the database, and after every change of ours to users. */
  generation(): number
  /** What a user set for himself (columns, colours), by key. */
  preferences(name: string): Promise<Readonly<Record<string, string>>>
  setPreference(name: string, key: string, value: string): Promise<void>
}

export interface EnvironmentStore {
  /** Keeps a submission environment once, however many jobs name it; answers its hash. */
  put(variables: Readonly<Record<string, string>>): Promise<string>
  get(hash: string): Promise<Readonly<Record<string, string>> | undefined>
}

/** Small facts of the server itself: keys, epochs. */
export interface SettingStore {
  get(name: string): Promise<string | undefined>
  put(name: string, value: string): Promise<void>
}
