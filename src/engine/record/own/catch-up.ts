/** What the record of runs missed while the server was not there: compared with the job store before anything starts. */

import type { Clock, Instant } from '../../../base/clock.ts'
import { and } from '../../../job/filter.ts'
import type { Job } from '../../../job/job.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { NewRecord, RecordStore } from '../../../store/record-store.ts'
import type { JobStore } from '../../../store/store.ts'
import { runKey } from '../run-key.ts'
import { equals } from '../visibility.ts'
import { type Home, recordOf, runOf } from './run-record.ts'

export interface CatchUpParts {
  jobs: Pick<JobStore, 'active' | 'get' | 'query'>
  records: RecordStore
  home: (host: string) => Home | undefined
  clock: Clock
  /** Aborted when the server ends before everything is there; the next one goes on. */
  signal: AbortSignal
}

/** A batch that was cut off holds what happened in the last moments before it, by whatever clock. */
const MARGIN_MS = 60_000
/** How far back runs are taken in where none is recorded yet. */
const FIRST_TIME_MS = 86_400_000
const BATCH = 500

export interface CaughtUp {
  /** Runs that are stored as going on. */
  goingOn: readonly JobRecord[]
  /** Settles when also those that ended while nobody looked are there; they may be many, and nothing waits for them. */
  ended: Promise<void>
}

/** Idempotent: what is there already stays as it is. */
export async function catchUp(parts: CatchUpParts): Promise<CaughtUp> {
  const since = await latestStart(parts)
  const before = await goingOn(parts.records, parts.clock)
  await inBatches(parts, await Promise.all(before.map((record) => presentOf(parts, record))))
  await putMissing(parts, await parts.jobs.active())
  return { goingOn: await goingOn(parts.records, parts.clock), ended: putEnded(parts, since, parts.clock.now()) }
}

async function latestStart({ records, clock }: CatchUpParts): Promise<Instant> {
  const order = [{ field: 'startedAt', descending: true } as const]
  const [latest] = await records.list({ filter: OWN, order, limit: 1, now: clock.now() })
  return latest ? latest.startedAt - MARGIN_MS : clock.now() - FIRST_TIME_MS
}

const OWN = equals('origin', ['engine'])

async function goingOn(records: RecordStore, clock: Clock): Promise<JobRecord[]> {
  const found: JobRecord[] = []
  const filter = and(OWN, equals('state', ['running', 'suspended']))
  for await (const batch of records.scan({ filter, order: [], now: clock.now() })) found.push(...batch)
  return found
}

/** A run that was going on when we last looked, as it stands now. */
async function presentOf({ jobs, home, clock }: CatchUpParts, record: JobRecord): Promise<NewRecord> {
  const { id: _id, tags: _tags, ...stored } = record
  const job = await jobs.get(record.jobId)
  const own = job?.attempt === record.attempt ? runOf(job) : undefined
  const place = own && home(own.run.host)
  if (own && place) return { ...recordOf(own, place, record.startedAt), cluster: record.cluster }
  // Run again, or forgotten since: nobody knows any more how this one ended.
  return { ...stored, state: 'node_fail', durationMs: Math.max(0, clock.now() - record.startedAt) }
}

/** Jobs that ended in between, a batch at a time; what ends from now on the bus tells. */
async function putEnded(parts: CatchUpParts, since: Instant, until: Instant): Promise<void> {
  const ended = (operator: 'greaterOrEqual' | 'lessOrEqual', at: Instant) =>
    ({ kind: 'compare', field: 'endedAtSeconds', operator, values: [Math.floor(at / 1000)] }) as const
  const { batches } = await parts.jobs.query({
    fields: ['id'],
    filter: and(
      { kind: 'compare', field: 'state', operator: 'equal', values: ['done', 'failed'] },
      ended('greaterOrEqual', since),
      ended('lessOrEqual', until),
    ),
    order: [],
    now: parts.clock.now(),
  })
  for await (const batch of batches) {
    if (parts.signal.aborted) return
    const jobs = await Promise.all(batch.map(([id]) => parts.jobs.get(Number(id))))
    await putMissing(
      parts,
      jobs.filter((job) => job !== undefined),
    )
  }
}

/** A run may be known under another start than the one that its exit told: attempts are compared, not starts. */
async function putMissing(parts: CatchUpParts, jobs: readonly Job[]): Promise<void> {
  const { records, home, clock } = parts
  const known = new Set<string>()
  const filter = and(
    OWN,
    equals(
      'jobId',
      jobs.map(({ id }) => id),
    ),
  )
  if (jobs.length > 0)
    for await (const batch of records.scan({ filter, order: [], now: clock.now() }))
      for (const { jobId, attempt } of batch) known.add(runKey(jobId, attempt))
  const missing = jobs.flatMap((job) => {
    const own = runOf(job)
    const place = own && home(own.run.host)
    return own && place && !known.has(runKey(job.id, job.attempt)) ? [recordOf(own, place)] : []
  })
  await inBatches(parts, missing)
}

async function inBatches({ records }: CatchUpParts, all: readonly NewRecord[]): Promise<void> {
  for (let from = 0; from < all.length; from += BATCH) await records.putRuns(all.slice(from, from + BATCH))
}
