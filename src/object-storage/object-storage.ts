/**
 * Where whole files go by a key, as a contract: `disk.ts` answers it with a directory, `s3.ts` with a bucket. Keys are
 * relative paths with `/`; bodies are streams, since their size is a user's choice.
 */

import type { Readable } from 'node:stream'

export interface ObjectInfo {
  key: string
  sizeBytes: number
  /** Unix milliseconds, by the storage's clock; what `put` answers is by this machine's. */
  modifiedAt: number
  /** As it was given to `put`; empty in listings. Names in lower case with `-`; 2048 bytes in all, once encoded. */
  metadata: Readonly<Record<string, string>>
}

export interface PutOptions {
  metadata?: Readonly<Record<string, string>>
  /** Of the whole body where it is known; a body of another size is refused. Spares the parts of small objects. */
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

/** Small objects by the hundred, with fewer system calls or requests than one by one. */
export interface ManyObjects {
  /** In the order of the keys; an error in place of what cannot be read. */
  head(keys: readonly string[]): Promise<(ObjectInfo | undefined | Error)[]>
  /**
   * As so many `put`s, to what was wrong with each or undefined. When it resolves they are durable, and a storage that
   * others run has been asked again whether it has them. Once the signal is aborted its reason is what was wrong with
   * those that were not stored by then; a storage that is quick may store all.
   */
  put(objects: readonly SmallObject[], signal?: AbortSignal): Promise<(Error | undefined)[]>
}

export interface SmallObject {
  key: string
  body: Uint8Array
  metadata: Readonly<Record<string, string>>
}

export interface ObjectStorage {
  /** For messages: `disk:/srv/bucket`, `s3:bucket/prefix`; never a credential. */
  readonly name: string
  /**
   * Stores the body under the key in one step: others see the old object or the whole new one, also after a crash.
   * A stream is destroyed in any case, and its own error comes through as it is.
   * @throws unavailable when the storage does not answer or refuses, also after retries; invalid for a key, metadata or
   * size that cannot be; conflict for a key below another object's (or above) where objects are files
   */
  put(key: string, body: Readable | Uint8Array, options?: PutOptions): Promise<ObjectInfo>
  /**
   * The stream is to be read to its end or destroyed: it holds a file or a connection.
   * @throws not_found, unavailable, invalid for a range outside the object; the stream fails with unavailable when what
   * arrives is not whole
   */
  get(key: string, options?: GetOptions): Promise<{ info: ObjectInfo; body: Readable }>
  /** Undefined when there is none. @throws unavailable */
  head(key: string): Promise<ObjectInfo | undefined>
  /** No error when there is none. @throws unavailable */
  delete(key: string): Promise<void>
  /** In the order of the keys' bytes; keys only below `prefix`, which ends in `/` or is ''. @throws unavailable */
  list(prefix: string, options?: ListOptions): AsyncIterable<ObjectInfo>
  /** Undefined where it would be of no use, or where a limit of bandwidth holds. */
  readonly many?: ManyObjects | undefined
  close(): Promise<void>
}
