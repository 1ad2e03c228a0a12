/** The commands about records: each checks the caller, does one thing, and tells the background what follows from it. */

import type { Caller } from '../../auth/caller.ts'
import { mayReadTag } from '../../auth/record-rights.ts'
import type { Clock } from '../../base/clock.ts'
import { DomainError, isDomainError } from '../../base/errors.ts'
import { and } from '../../job/filter.ts'
import type { JobRecord, RecordId, Report, TagName } from '../../job/record.ts'
import type { Archive } from '../../metric/archive/archive.ts'
import type { Clusters } from '../../metric/cluster/cluster.ts'
import type { MetricStore } from '../../metric/metric-store.ts'
import type { RecordOrder, RecordStore } from '../../store/record-store.ts'
import { admit } from './admission.ts'
import { curvesOf } from './curves.ts'
import type { RecordListing, Records, StopReport } from './records.ts'
import { endRun, isOver } from './run-end.ts'
import { addTags, isSame, readableTags, requireWritable, takeTags } from './tagging.ts'
import { equals, hiddenMetrics, requireReporter, requireVisible, shownTo, visibleFilter } from './visibility.ts'

export interface RecordsParts {
  store: { records: RecordStore }
  clusters: () => Clusters
  metrics: MetricStore
  archive: () => Archive
  clock: Clock
  /** What happens after a command, in the background; none of it may throw. */
  follow?: Partial<RecordFollowers>
}

export interface RecordFollowers {
  started(record: JobRecord): void
  /** It is over. */
  stopped(record: JobRecord): void
  /** Tags or meta data of an archived run are others now. */
  described(id: RecordId): void
}

const NEWEST_FIRST: readonly RecordOrder[] = [{ field: 'startedAt', descending: true }]

export function createRecords(parts: RecordsParts): Records {
  const { clusters, clock } = parts
  const { records } = parts.store
  const visible = async (caller: Caller, id: number) => requireVisible(caller, await records.get(id), id)
  const shown = (caller: Caller, record: JobRecord) => shownTo(caller, record, clusters())
  const described = (record: JobRecord) => {
    if (record.monitoring === 'archived') parts.follow?.described?.(record.id)
    return record
  }
  return {
    async start(caller, report) {
      return shown(caller, await start(parts, caller, report))
    },
    async stop(caller, report) {
      return shown(caller, await stop(parts, caller, report))
    },
    list: (caller, listing) => list(parts, caller, listing),
    scan: (caller, listing) => scan(parts, caller, listing),
    async get(caller, id) {
      return shown(caller, await visible(caller, id))
    },
    async find(caller, key) {
      const record = await records.find(key)
      if (!record) throw new DomainError('not_found', `there is no record of job ${key.jobId} that fits`)
      return shown(caller, requireVisible(caller, record, record.id))
    },
    async tag(caller, id, tags) {
      const record = described(await addTags(records, caller, id, tags))
      // Who may write a tag that he may not read is still told of it.
      const told = record.tags.filter((tag) => mayReadTag(caller, tag.scope) || tags.some((set) => isSame(set, tag)))
      return { ...shown(caller, record), tags: told }
    },
    async untag(caller, id, tags) {
      return shown(caller, described(await takeTags(records, caller, id, tags)))
    },
    tags: (caller) => readableTags(records, caller),
    removeTags: (caller, tags) => removeTags(parts, caller, tags),
    async setMetaData(caller, id, key, value) {
      await visible(caller, id)
      requireReporter(caller)
      await records.setMetaData(id, key, value)
      return shown(caller, described(await visible(caller, id)))
    },
    async remove(caller, id) {
      requireReporter(caller)
      return records.remove(id)
    },
    async removeBefore(caller, before, keeping) {
      requireReporter(caller)
      return records.removeBefore(before, keeping)
    },
    async usedHosts(caller, before) {
      requireReporter(caller)
      return records.usedHosts(before)
    },
    async curves(caller, id, request) {
      const record = await visible(caller, id)
      const hidden = hiddenMetrics(caller, record, clusters())
      const reading = { clusters: clusters(), metrics: parts.metrics, archive: parts.archive() }
      return curvesOf(reading, record, { ...request, hidden, now: clock.now() })
    },
  }
}

/** @throws invalid, conflict, forbidden */
async function start({ store, clusters, follow }: RecordsParts, caller: Caller, report: Report): Promise<JobRecord> {
  requireReporter(caller)
  const record = admit(report, clusters())
  requireWritable(caller, report.tags)
  const id = await store.records.insert(record).catch((error: unknown) => {
    throw isDomainError(error, 'conflict') ? repeated(error, report.jobId) : error
  })
  if (report.tags.length > 0) await store.records.tag(id, report.tags)
  const stored = report.tags.length > 0 ? await store.records.get(id) : undefined
  const started = stored ?? { ...record, id, tags: [] }
  follow?.started?.(started)
  return started
}

function repeated(error: DomainError, jobId: number): DomainError {
  const inTheWay = `dbid: ${error.details.id}, jobid: ${jobId}`
  return new DomainError(
    'conflict',
    `a job with that jobId, cluster and startTime already exists: ${inTheWay}`,
    error.details,
    error,
  )
}

async function stop({ store, follow }: RecordsParts, caller: Caller, report: StopReport): Promise<JobRecord> {
  requireReporter(caller)
  const record = await endRun(store.records, report)
  if (isOver(record)) follow?.stopped?.(record)
  return record
}

async function list({ store, clusters, clock }: RecordsParts, caller: Caller, listing: RecordListing) {
  const { offset, limit, withTotal } = listing
  const now = clock.now()
  const filter = and(visibleFilter(caller), listing.filter)
  const order = listing.order.length > 0 ? listing.order : NEWEST_FIRST
  const [records, total] = await Promise.all([
    store.records.list({ filter, order, offset, limit, now }),
    withTotal ? store.records.count(filter, now) : undefined,
  ])
  return { records: records.map((record) => shownTo(caller, record, clusters())), total }
}

async function* scan(
  { store, clusters, clock }: RecordsParts,
  caller: Caller,
  listing: Pick<RecordListing, 'filter' | 'order'>,
): AsyncIterable<JobRecord[]> {
  const filter = and(visibleFilter(caller), listing.filter)
  const order = listing.order.length > 0 ? listing.order : NEWEST_FIRST
  for await (const batch of store.records.scan({ filter, order, now: clock.now() }))
    yield batch.map((record) => shownTo(caller, record, clusters()))
}

async function removeTags({ store, follow, clock }: RecordsParts, caller: Caller, tags: readonly TagName[]) {
  requireWritable(caller, tags)
  let removed = 0
  for (const tag of tags) {
    const filter = and(equals('tag', [`${tag.type}:${tag.name}`]), equals('monitoring', ['archived']))
    const archived: RecordId[] = []
    for await (const batch of store.records.scan({ filter, order: [], now: clock.now() }))
      for (const { id } of batch) archived.push(id)
    if (await store.records.removeTag(tag)) removed += 1
    for (const id of archived) follow?.described?.(id)
  }
  return removed
}
