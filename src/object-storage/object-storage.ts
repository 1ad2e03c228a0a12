/**
 * Where whole files go by a key, as a contract: `disk.ts` answers it with a directory, `s3.ts` with a bucket. Keys are
 * relative paths with `/`; bodies are streams, since their size is a user's choice.
 */

import type { Readable } from 'node:stream'

export interface ObjectInfo {
  key: string
  sizeBytes: number
  /** Unix milliseconds. */
  modifiedAt: number
  /** As it was given to `put`; empty in listings. Names in lower case with `-`. */
  metadata: Readonly<Record<string, string>>
}

export interface PutOptions {
  metadata?: Readonly<Record<string, string>>
  /** Of the whole body where it is known; spares the multipart upload of small objects. */
  sizeBytes?: number
  signal?: AbortSignal
}

export interface GetOptions {
  /** From this byte to the end, or so many bytes. */
  range?: { fromByte: number; sizeBytes?: number }
  signal?: AbortSignal
}

export interface ListOptions {
  /** Only what lies directly below the prefix; a folder there is one entry, whose key ends in `/` and whose size is 0. */
  shallow?: boolean
}

export interface ObjectStorage {
  /** For messages: `disk:/srv/bucket`, `s3:bucket/prefix`; never a credential. */
  readonly name: string
  /**
   * Stores the body under the key in one step: others see the old object or the whole new one, also after a crash.
   * @throws unavailable when the storage does not answer or refuses, also after retries; invalid for a key that cannot be
   */
  put(key: string, body: Readable | Uint8Array, options?: PutOptions): Promise<ObjectInfo>
  /** @throws not_found, unavailable; the stream fails with unavailable when what arrives is not whole */
  get(key: string, options?: GetOptions): Promise<{ info: ObjectInfo; body: Readable }>
  /** Undefined when there is none. @throws unavailable */
  head(key: string): Promise<ObjectInfo | undefined>
  /** No error when there is none. @throws unavailable */
  delete(key: string): Promise<void>
  /** By key; keys only below `prefix`, which ends in `/` or is ''. @throws unavailable */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>
  close(): Promise<void>
}
