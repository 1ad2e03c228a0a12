/** Every command about records that a dialect may give; who may do it and whose records he sees is decided here alone. */

import type { Caller } from '../../auth/caller.ts'
import type { Instant } from '../../base/clock.ts'
import type { Filter } from '../../job/filter.ts'
import type { JobRecord, RecordId, RecordState, Report, Tag, TagName } from '../../job/record.ts'
import type { RecordField } from '../../job/record-field.ts'
import type { JobMetric, Scope } from '../../metric/metric.ts'
import type { RecordKey, RecordOrder } from '../../store/record-store.ts'

export interface StopReport extends RecordKey {
  state: RecordState
  stoppedAt: Instant
}

export interface RecordListing {
  filter: Filter<RecordField>
  /** Newest start first where empty. */
  order: readonly RecordOrder[]
  offset: number
  limit: number
  /** Also how many there are in all. */
  withTotal: boolean
}

export interface RecordPage {
  records: readonly JobRecord[]
  /** Undefined unless asked for. */
  total: number | undefined
}

export interface CurveRequest {
  /** undefined for all that the cluster measures. */
  metrics?: readonly string[]
  /** A finer scope than a metric is measured at stands for that one. */
  scopes: readonly Scope[]
  /** Thinned to at most about so many points a series (largest-triangle); undefined for all. */
  mostPoints?: number
}

export interface Records {
  /**
   * A run that begins now or began earlier.
   * @throws invalid for a cluster, host or number that does not fit (messages of spec/cockpit.md 1.3), conflict for a repeat, forbidden
   */
  start(caller: Caller, report: Report): Promise<JobRecord>
  /** @throws not_found, conflict when it is over, invalid for a stop before the start, forbidden */
  stop(caller: Caller, report: StopReport): Promise<JobRecord>
  /** Only what the caller may see. @throws invalid, unavailable */
  list(caller: Caller, listing: RecordListing): Promise<RecordPage>
  /** All of a listing in batches, for exports. */
  scan(caller: Caller, listing: Pick<RecordListing, 'filter' | 'order'>): AsyncIterable<JobRecord[]>
  /** @throws not_found, also for a run that the caller may not see */
  get(caller: Caller, id: RecordId): Promise<JobRecord>
  find(caller: Caller, key: RecordKey): Promise<JobRecord>
  /** @throws not_found, forbidden for a scope that the caller may not write (spec/cockpit.md 1.9) */
  tag(caller: Caller, id: RecordId, tags: readonly TagName[]): Promise<JobRecord>
  untag(caller: Caller, id: RecordId, tags: readonly TagName[]): Promise<JobRecord>
  /** Those that the caller may read, with how many records have each. */
  tags(caller: Caller): Promise<(Tag & { count: number })[]>
  /** Takes tags from every record; answers how many there were. @throws forbidden */
  removeTags(caller: Caller, tags: readonly TagName[]): Promise<number>
  /** @throws not_found, forbidden */
  setMetaData(caller: Caller, id: RecordId, key: string, value: string): Promise<JobRecord>
  /** The archive keeps what it has. Answers whether there was one. @throws forbidden */
  remove(caller: Caller, id: RecordId): Promise<boolean>
  removeBefore(caller: Caller, before: Instant, keeping: 'none' | 'all' | 'user'): Promise<number>
  /** Hosts of runs that run now and began before, by cluster. @throws forbidden */
  usedHosts(caller: Caller, before: Instant): Promise<Record<string, string[]>>
  /** From memory while it runs, from the archive after. @throws not_found, unavailable */
  curves(caller: Caller, id: RecordId, request: CurveRequest): Promise<JobMetric[]>
}
