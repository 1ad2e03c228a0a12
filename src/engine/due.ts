/** Which bucket is due, and what its jobs take. Pure. */

import { allocate, isPlain, type Offer } from '../job/allocation.ts'
import { demandOf } from '../job/demand.ts'
import type { Amounts } from '../job/job.ts'
import { type Bucket, goesBefore } from './board.ts'

const NONE: ReadonlySet<Bucket> = new Set()

/** What a bucket's jobs take, if that is no more than every job takes. */
export function plainNeedOf(bucket: Bucket, { capacity, attributes }: Offer): Amounts | undefined {
  const allocation = allocate(demandOf(bucket.sample.request.resources), { capacity, attributes, free: capacity })
  return 'taken' in allocation && isPlain(allocation.taken, capacity) ? allocation.taken : undefined
}

/** The bucket whose first job is due: highest priority, then lowest rank. */
export function firstDue(buckets: Iterable<Bucket>, blocked: ReadonlySet<Bucket> = NONE): Bucket | undefined {
  let first: Bucket | undefined
  for (const bucket of buckets) {
    if (bucket.head.length === 0 || blocked.has(bucket)) continue
    if (!first || isDueBefore(bucket, first)) first = bucket
  }
  return first
}

function isDueBefore(a: Bucket, b: Bucket): boolean {
  const difference = a.sample.request.priority - b.sample.request.priority
  return difference === 0 ? goesBefore(a.head[0]!, b.head[0]!) : difference > 0
}
