/** Opens the storage that a setting names. */

import type { Clock } from '../base/clock.ts'
import type { BandwidthLimiter } from './bandwidth.ts'
import { createDiskStorage } from './disk.ts'
import type { ObjectStorage } from './object-storage.ts'
import type { S3StorageParts } from './s3/client.ts'

export type ObjectTarget = { kind: 'disk'; path: string } | { kind: 's3'; bucket: string; prefix: string }

export interface OpenOptions {
  /** For buckets. */
  s3?: Omit<S3StorageParts, 'bucket' | 'prefix' | 'limiter' | 'clock'>
  /** Of the site that the storage serves. */
  limiter?: BandwidthLimiter
  clock?: Clock
}

/** Nothing is asked or written before the first call. @throws invalid for an endpoint that cannot be */
export async function openObjectStorage(target: ObjectTarget, options: OpenOptions = {}): Promise<ObjectStorage> {
  const { s3, ...shared } = options
  if (target.kind === 'disk') return createDiskStorage({ root: target.path, ...shared })
  // The client is large, and most servers never need it.
  const { createS3Storage } = await import('./s3.ts')
  return createS3Storage({ ...s3, ...shared, bucket: target.bucket, prefix: target.prefix })
}
