/**
 * The memory's index of what waits and what runs, rebuilt from the store at every start. A bucket knows how many jobs
 * wait in it and the first few of them; a queued job beyond these costs no memory at all.
 */

import { bucketOf } from '../job/bucket.ts'
import { durationMs, isActive, type Job, type JobId } from '../job/job.ts'
import type { BucketCount, JobStore } from '../store/store.ts'

/** How many of a bucket's jobs are kept ready. */
const HEAD_LIMIT = 128

export interface Bucket {
  key: string
  /** Queued jobs, those that are being started included. */
  count: number
  /** The next jobs in order; shorter than `count` when the rest is only in the store. */
  head: Job[]
  /** Taken from the head for a start that is not stored yet. */
  picked: Set<JobId>
  /** Any of its jobs: what they have in common can be read from it. */
  sample: Job
  /** How long its jobs ran of late; undefined while that is not known. */
  recentMs: number | undefined
}

/** Weight of the latest run in `recentMs`. */
const LATEST_WEIGHT = 0.3

export class Board {
  readonly #jobs: Pick<JobStore, 'candidates'>
  readonly #buckets = new Map<string, Bucket>()
  readonly #active = new Map<JobId, Job>()
  readonly #over = new Set<JobId>()

  constructor(jobs: Pick<JobStore, 'candidates'>) {
    this.#jobs = jobs
  }

  load(active: readonly Job[], buckets: readonly BucketCount[]): void {
    for (const job of active) this.#active.set(job.id, job)
    for (const { bucket, count, sample } of buckets) {
      this.#buckets.set(bucket, { ...newBucket(bucket, sample), count })
    }
  }

  buckets(): Iterable<Bucket> {
    return this.#buckets.values()
  }

  active(): Iterable<Job> {
    return this.#active.values()
  }

  /** Its processes are known to be gone, although its end is not stored yet: it holds nothing any more. */
  release(id: JobId): void {
    if (this.#active.has(id)) this.#over.add(id)
  }

  /** The stored jobs that hold a part of a host. */
  *holding(): Iterable<Job> {
    for (const job of this.#active.values()) if (!this.#over.has(job.id)) yield job
  }

  /** The job as last stored, if it may be alive on a host. */
  activeJob(id: JobId): Job | undefined {
    return this.#active.get(id)
  }

  bucketFor(job: Job): Bucket | undefined {
    return this.#buckets.get(bucketOf(job.request))
  }

  /** Follows a change that is stored; null stands for a job that was not there before or is no more. */
  follow(before: Job | null, after: Job | null): void {
    if (before?.state === 'queued') this.#leave(before)
    if (before && isActive(before.state)) this.#active.delete(before.id)
    if (before && !(after && isActive(after.state))) this.#over.delete(before.id)
    if (after?.state === 'queued') this.#enter(after)
    if (after && before && isActive(before.state)) this.#learn(after)
    if (after && isActive(after.state)) this.#active.set(after.id, after)
  }

  /** Takes the first job of a bucket for a start. */
  pick(bucket: Bucket): Job {
    const job = bucket.head.shift()!
    bucket.picked.add(job.id)
    return job
  }

  /** Gives back a job whose start was not stored. */
  putBack(job: Job): void {
    const bucket = this.bucketFor(job)
    if (!bucket?.picked.delete(job.id)) return
    bucket.head = []
  }

  /** Reads the next jobs of a bucket that has none ready. */
  async refill(bucket: Bucket): Promise<void> {
    if (bucket.head.length > 0 || bucket.picked.size >= bucket.count) return
    const jobs = await this.#jobs.candidates(bucket.key, HEAD_LIMIT + bucket.picked.size)
    bucket.head = jobs.filter(({ id }) => !bucket.picked.has(id)).slice(0, HEAD_LIMIT)
  }

  /** What the bucket's jobs take, from one that ended; nothing is known any more when one came back unrun. */
  #learn(job: Job): void {
    const bucket = this.bucketFor(job)
    if (!bucket || isActive(job.state)) return
    if (!job.end) bucket.recentMs = undefined
    else bucket.recentMs = mixed(bucket.recentMs, durationMs(job, job.end.at))
  }

  #enter(job: Job): void {
    const key = bucketOf(job.request)
    const bucket = this.#buckets.get(key)
    if (!bucket) {
      this.#buckets.set(key, newBucket(key, job))
      return
    }
    bucket.count += 1
    const last = bucket.head.at(-1)
    if (last && (last.id === job.id || goesBefore(job, last))) insertInto(bucket, job)
    else if (isComplete(bucket) && bucket.head.length < HEAD_LIMIT) bucket.head.push(job)
  }

  #leave(job: Job): void {
    const bucket = this.bucketFor(job)
    if (!bucket) return
    bucket.count -= 1
    if (bucket.count <= 0) {
      this.#buckets.delete(bucket.key)
      return
    }
    if (bucket.picked.delete(job.id)) return
    bucket.head = bucket.head.filter(({ id }) => id !== job.id)
  }
}

/** Whether every job of the bucket but the one that was just counted is in the head or on its way. */
function isComplete({ head, picked, count }: Bucket): boolean {
  return head.length + picked.size === count - 1
}

/** At its place among the ready ones, unless a read has brought it there already. */
function insertInto({ head, picked }: Bucket, job: Job): void {
  if (picked.has(job.id) || head.some(({ id }) => id === job.id)) return
  head.splice(
    head.findIndex((other) => goesBefore(job, other)),
    0,
    job,
  )
  if (head.length > HEAD_LIMIT) head.length = HEAD_LIMIT
}

function newBucket(key: string, sample: Job): Bucket {
  return { key, count: 1, head: [sample], picked: new Set(), sample, recentMs: undefined }
}

function mixed(before: number | undefined, latest: number): number {
  return before === undefined ? latest : before + LATEST_WEIGHT * (latest - before)
}

/** First come, first served within a bucket: by rank, then by id. */
export function goesBefore(a: Job, b: Job): boolean {
  return a.rank < b.rank || (a.rank === b.rank && a.id < b.id)
}
