/** Which of many keys a bucket has, by its listing: a page tells of up to a thousand, a question of one. */

import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { type Bucket, compareKeys, pagesOf, readKey } from './listing.ts'

/** Pages that tell of fewer keys cost more than asking for each. */
const WORTH_KEYS = 16

export interface Presence {
  sizeBytes: number
  /** Of the version: another one has another, wherever it comes from. */
  etag: string
}

/**
 * By key: what is there, or undefined for what is not. Keys of which it would cost more to learn it here are left out. Each
 * page begins at the next key that is asked for, so that what lies between them is passed over. @throws unavailable
 */
export async function lookFor(bucket: Bucket, keys: readonly string[]): Promise<Map<string, Presence | undefined>> {
  const told = new Map<string, Presence | undefined>()
  const sorted = [...new Set(keys)].sort(compareKeys)
  const prefix = commonFolder(sorted)
  for (let at = 0; at < sorted.length; ) {
    const page = await pageFrom(bucket, prefix, sorted[at]!)
    const until = page === undefined ? at : endOf(sorted, at, page)
    if (page === undefined || until - at < Math.min(WORTH_KEYS, sorted.length - at)) break
    for (; at < until; at += 1) told.set(sorted[at]!, page.found.get(sorted[at]!))
  }
  return told
}

interface Page {
  found: Map<string, Presence>
  /** Undefined at the end of the bucket. */
  lastKey: string | undefined
}

/** Undefined for one of a server that does not keep the order, of which nothing can be learnt. */
async function pageFrom(bucket: Bucket, prefix: string, key: string): Promise<Page | undefined> {
  for await (const page of pagesOf(bucket, { prefix, after: justBefore(key) })) return read(page, bucket)
  return undefined
}

function read(page: ListObjectsV2CommandOutput, { prefix }: Bucket): Page | undefined {
  const found = new Map<string, Presence>()
  let lastKey: string | undefined
  for (const { Key, Size = 0, ETag = '' } of page.Contents ?? []) {
    const key = readKey(page, Key).slice(prefix.length)
    if (lastKey !== undefined && compareKeys(key, lastKey) <= 0) return undefined
    found.set(key, { sizeBytes: Size, etag: ETag })
    lastKey = key
  }
  return { found, lastKey: page.IsTruncated ? (lastKey ?? '') : undefined }
}

/** The first key that the page does not tell of. */
function endOf(sorted: readonly string[], from: number, { lastKey }: Page): number {
  if (lastKey === undefined) return sorted.length
  const end = sorted.findIndex((key, at) => at >= from && compareKeys(key, lastKey) > 0)
  return end === -1 ? sorted.length : end
}

/** With the slash; '' for none. */
function commonFolder(sorted: readonly string[]): string {
  const [first = '', last = ''] = [sorted[0], sorted.at(-1)]
  let same = 0
  while (same < first.length && first[same] === last[same]) same += 1
  return first.slice(0, first.lastIndexOf('/', same - 1) + 1)
}

/** A key before this one, with next to nothing between them. */
function justBefore(key: string): string {
  return [...key].slice(0, -1).join('')
}
