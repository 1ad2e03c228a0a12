/** Objects in a bucket of S3, or of a server that speaks its protocol. */

import { addAbortSignal, Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type HeadObjectCommandOutput,
  type S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3'
import { systemClock } from '../base/clock.ts'
import { DomainError, isDomainError } from '../base/errors.ts'
import { checkRange, partsOf, partsOfPrefix } from './key.ts'
import { checkMetadata, decodeMetadata, encodeMetadata } from './metadata.ts'
import type { GetOptions, ListOptions, ManyObjects, ObjectInfo, ObjectStorage, PutOptions } from './object-storage.ts'
import { createClient, type S3StorageParts } from './s3/client.ts'
import { type Delivery, DownloadBody } from './s3/download.ts'
import { readFailure } from './s3/failure.ts'
import { type Bucket, infosOf, pagesOf } from './s3/listing.ts'
import { createS3Many } from './s3/many.ts'
import { SmallPuts } from './s3/small-puts.ts'
import { send } from './s3/upload.ts'

/** The default of the original's movers, and the limit of S3 for what stands in one key. */
const PART_BYTES = 20 * 1024 * 1024
const KEY_BYTES = 1024

/** Nothing is asked before the first call. @throws invalid for an address that cannot be */
export function createS3Storage(parts: S3StorageParts): ObjectStorage {
  return new S3Storage(parts, createClient(parts))
}

class S3Storage implements ObjectStorage {
  readonly name: string
  readonly #parts: S3StorageParts
  readonly #client: S3Client
  readonly #bucket: Bucket
  readonly #smallPuts: SmallPuts
  #many: ManyObjects | undefined
  /** Whether the bucket has been seen with these keys. */
  #hasAnswered = false

  constructor(parts: S3StorageParts, client: S3Client) {
    const { bucket, prefix = '' } = parts
    this.name = `s3:${prefix === '' ? bucket : `${bucket}/${prefix}`}`
    this.#parts = parts
    this.#client = client
    this.#bucket = { client, bucket, prefix: prefix === '' ? '' : `${prefix}/`, name: this.name }
    const { checksums, clock = systemClock } = parts
    this.#smallPuts = new SmallPuts({ client, withChecksum: checksums !== 'whenRequired', clock })
  }

  async put(key: string, body: Readable | Uint8Array, options: PutOptions = {}): Promise<ObjectInfo> {
    const stream = body instanceof Uint8Array ? undefined : body
    try {
      options.signal?.throwIfAborted()
      if (options.signal !== undefined && stream !== undefined) addAbortSignal(options.signal, stream)
      return await this.#put(key, body, options)
    } catch (error) {
      if (options.signal?.aborted) throw options.signal.reason
      throw stream?.errored === error ? error : readFailure(`storing ${key} in ${this.name}`, error)
    } finally {
      stream?.destroy()
    }
  }

  async get(key: string, options: GetOptions = {}): Promise<{ info: ObjectInfo; body: Readable }> {
    const doing = `reading ${key} from ${this.name}`
    const target = this.#target(key)
    const { range, signal } = options
    if (range !== undefined) checkRange(range)
    const fromByte = range?.fromByte ?? 0
    const untilByte = range?.sizeBytes === undefined ? undefined : fromByte + range.sizeBytes
    const ask = (from: number, etag?: string) => this.#ask({ target, from, untilByte, etag, signal })
    try {
      const first = await ask(fromByte)
      const info = this.#infoOf(key, first)
      const sizeBytes = first.ContentLength ?? info.sizeBytes - fromByte
      const { attempts = 5, clock = systemClock } = this.#parts
      const etag = first.ETag
      const resume = etag && (async (after: number) => deliveryOf(await ask(fromByte + after, etag)))
      const body = new DownloadBody(deliveryOf(first), {
        doing,
        sizeBytes,
        attempts,
        clock,
        resume: resume || undefined,
      })
      return { info, body: signal ? addAbortSignal(signal, body) : body }
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      throw readFailure(doing, error)
    }
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const target = this.#target(key)
    try {
      const info = this.#infoOf(key, await this.#client.send(new HeadObjectCommand(target)))
      this.#hasAnswered = true
      return info
    } catch (error) {
      const failure = readFailure(`asking for ${key} in ${this.name}`, error)
      const isAbsent = isDomainError(failure, 'not_found')
      // An answer to HEAD has no body to say whether the object, the bucket or the account is not there or not allowed.
      if (!this.#hasAnswered && (isAbsent || isForbidden(error))) return this.#headByGet(key)
      if (isAbsent) return undefined
      throw failure
    }
  }

  async delete(key: string): Promise<void> {
    const target = this.#target(key)
    try {
      await this.#client.send(new DeleteObjectCommand(target))
    } catch (error) {
      const failure = readFailure(`deleting ${key} from ${this.name}`, error)
      if (!isDomainError(failure, 'not_found')) throw failure
    }
  }

  async *list(prefix: string, { shallow }: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    partsOfPrefix(prefix)
    for await (const page of pagesOf(this.#bucket, { prefix, ...(shallow && { shallow }) }))
      yield* infosOf(page, this.#bucket)
  }

  /** A limit may come and go while it runs, and under one each object is to be seen to move. */
  get many(): ManyObjects | undefined {
    const { limiter } = this.#parts
    if (limiter !== undefined && limiter.bytesPerSecond !== null) return undefined
    const target = (key: string) => this.#target(key)
    this.#many ??= createS3Many({ ...this.#bucket, puts: this.#smallPuts, target, head: (key) => this.head(key) })
    return this.#many
  }

  async close(): Promise<void> {
    this.#client.destroy()
  }

  async #headByGet(key: string): Promise<ObjectInfo | undefined> {
    try {
      const { info, body } = await this.get(key)
      body.destroy()
      return info
    } catch (error) {
      if (!isDomainError(error, 'not_found')) throw error
      this.#hasAnswered = true
      return undefined
    }
  }

  async #put(key: string, body: Readable | Uint8Array, options: PutOptions): Promise<ObjectInfo> {
    const metadata = checkMetadata(options.metadata)
    const { partSizeBytes = PART_BYTES, partsInFlight = 3, checksums, clock = systemClock } = this.#parts
    const sizeBytes = await send(body, {
      client: this.#client,
      target: { ...this.#target(key), Metadata: encodeMetadata(metadata) },
      sizeBytes: options.sizeBytes,
      partSizeBytes,
      partsInFlight,
      withChecksum: checksums !== 'whenRequired',
      signal: options.signal,
    })
    return { key, sizeBytes, modifiedAt: clock.now(), metadata }
  }

  #ask({ target, from, untilByte, etag, signal }: Question): Promise<GetObjectCommandOutput> {
    const isWhole = from === 0 && untilByte === undefined
    const command = new GetObjectCommand({
      ...target,
      ...(!isWhole && { Range: `bytes=${from}-${untilByte === undefined ? '' : untilByte - 1}` }),
      ...(etag !== undefined && { IfMatch: etag }),
    })
    return this.#client.send(command, signal && { abortSignal: signal })
  }

  /** @throws invalid */
  #target(key: string): { Bucket: string; Key: string } {
    partsOf(key)
    const { prefix, bucket } = this.#bucket
    const whole = `${prefix}${key}`
    if (Buffer.byteLength(whole) > KEY_BYTES)
      throw new DomainError(
        'invalid',
        `${JSON.stringify(key)} cannot be the key of an object: with ${prefix} it is longer than ${KEY_BYTES} bytes`,
      )
    return { Bucket: bucket, Key: whole }
  }

  #infoOf(key: string, found: GetObjectCommandOutput | HeadObjectCommandOutput): ObjectInfo {
    const whole = /\/(\d+)$/.exec(found.ContentRange ?? '')?.[1]
    return {
      key,
      sizeBytes: whole === undefined ? (found.ContentLength ?? 0) : Number(whole),
      modifiedAt: found.LastModified?.getTime() ?? 0,
      metadata: decodeMetadata(found.Metadata),
    }
  }
}

interface Question {
  target: { Bucket: string; Key: string }
  from: number
  untilByte: number | undefined
  /** The version that is meant. */
  etag: string | undefined
  signal: AbortSignal | undefined
}

function deliveryOf({ Body, ChecksumCRC32, ContentRange }: GetObjectCommandOutput): Delivery {
  if (!(Body instanceof Readable)) throw new Error('the client of S3 answered without a stream')
  // With a dash: a checksum of the parts' checksums.
  const isWhole = ContentRange === undefined && !ChecksumCRC32?.includes('-')
  return { body: Body, checksum: isWhole ? ChecksumCRC32 : undefined }
}

const isForbidden = (error: unknown) => error instanceof S3ServiceException && error.$metadata.httpStatusCode === 403
