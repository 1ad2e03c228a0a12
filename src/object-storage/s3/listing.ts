/** The keys of a bucket, page by page, in the order of their bytes. */

import { ListObjectsV2Command, type ListObjectsV2CommandOutput, type S3Client } from '@aws-sdk/client-s3'
import { partsOf } from '../key.ts'
import type { ObjectInfo } from '../object-storage.ts'
import { readFailure } from './failure.ts'

/** The part of a bucket that a storage has. */
export interface Bucket {
  client: S3Client
  bucket: string
  /** Before each key; '' or with a slash at its end. */
  prefix: string
  /** For messages. */
  name: string
}

export interface Below {
  /** Of keys; any beginning. */
  prefix: string
  /** Only what comes after this key. */
  after?: string
  shallow?: boolean
}

/** @throws unavailable */
export async function* pagesOf(bucket: Bucket, below: Below): AsyncGenerator<ListObjectsV2CommandOutput> {
  const where = {
    Bucket: bucket.bucket,
    Prefix: `${bucket.prefix}${below.prefix}`,
    EncodingType: 'url' as const,
    ...(below.shallow && { Delimiter: '/' }),
    ...(below.after !== undefined && { StartAfter: `${bucket.prefix}${below.after}` }),
  }
  let next: string | undefined
  do {
    const command = new ListObjectsV2Command({ ...where, ...(next !== undefined && { ContinuationToken: next }) })
    const page = await bucket.client.send(command).catch((error: unknown) => {
      throw readFailure(`listing ${below.prefix || 'all'} of ${bucket.name}`, error)
    })
    yield page
    next = page.IsTruncated ? page.NextContinuationToken : undefined
  } while (next !== undefined)
}

/** The folders of a shallow listing come apart from the objects, and take their places among them here. */
export function infosOf(page: ListObjectsV2CommandOutput, { prefix }: Bucket): ObjectInfo[] {
  const { Contents = [], CommonPrefixes = [] } = page
  const keyOf = (whole: string | undefined) => readKey(page, whole).slice(prefix.length)
  const folders = CommonPrefixes.map(({ Prefix }) => infoOf(keyOf(Prefix), 0, 0))
  const objects = Contents.map(({ Key, Size, LastModified }) => infoOf(keyOf(Key), Size, LastModified?.getTime()))
  const ours = [
    ...objects.filter(({ key }) => isKey(key)),
    ...folders.filter(({ key }) => key.endsWith('/') && isKey(key.slice(0, -1))),
  ]
  return folders.length === 0 ? ours : ours.sort((a, b) => compareKeys(a.key, b.key))
}

export function compareKeys(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other))
}

/** With what stands before all keys of the storage. */
export function readKey({ EncodingType }: ListObjectsV2CommandOutput, whole = ''): string {
  return EncodingType === 'url' ? decodeURIComponent(whole.replaceAll('+', ' ')) : whole
}

function infoOf(key: string, sizeBytes = 0, modifiedAt = 0): ObjectInfo {
  return { key, sizeBytes, modifiedAt, metadata: {} }
}

/** Other programs also put `folder/` and the like, which is no key here. */
function isKey(key: string): boolean {
  try {
    return partsOf(key).length > 0
  } catch {
    return false
  }
}
