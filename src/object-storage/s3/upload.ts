/** A body on its way into a bucket: in one request where it is small, else in parts of which a few are under way. */

import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import { crcText } from './crc.ts'

export interface Sending {
  client: S3Client
  target: Pick<PutObjectCommandInput, 'Bucket' | 'Key' | 'Metadata'>
  /** Undefined where nobody knows. */
  sizeBytes: number | undefined
  partSizeBytes: number
  partsInFlight: number
  withChecksum: boolean
  signal: AbortSignal | undefined
}

/** The limit of S3. */
const PARTS = 10_000
const SLICE = 1024 * 1024
const BEGINNING_MS = 5000

/** Answers how many bytes there were. Errors of the body come through as they are. @throws invalid for another size than was announced */
export async function send(body: Readable | Uint8Array, sending: Sending): Promise<number> {
  const { sizeBytes, partSizeBytes } = sending
  if (body instanceof Uint8Array && body.length <= partSizeBytes) return sendBytes(body, sending)
  const stream = body instanceof Uint8Array ? Readable.from(slicesOf(body)) : body
  const tally = new Tally(sizeBytes)
  if (sizeBytes !== undefined && sizeBytes <= partSizeBytes) return sendBytes(await collect(stream, tally), sending)
  return sendParts(stream, tally, sending)
}

async function sendBytes(bytes: Uint8Array, { client, target, signal }: Sending): Promise<number> {
  await client.send(new PutObjectCommand({ ...target, Body: bytes }), signal && { abortSignal: signal })
  return bytes.length
}

async function sendParts(stream: Readable, tally: Tally, sending: Sending): Promise<number> {
  const { sizeBytes = 0, partSizeBytes, partsInFlight, target, withChecksum } = sending
  const giveUp = new AbortController()
  const signal = sending.signal ? AbortSignal.any([sending.signal, giveUp.signal]) : giveUp.signal
  const upload = new Upload({
    client: steered(sending, tally, signal),
    // The checksum of the whole instead of a checksum of checksums: only that one can be checked by who reads it.
    params: {
      ...target,
      Body: tally,
      ...(withChecksum && { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' }),
    },
    partSize: Math.max(partSizeBytes, Math.ceil(sizeBytes / PARTS)),
    queueSize: partsInFlight,
  })
  const reading = pipeline(stream, tally)
  // Parts that are under way are of no use once the body has failed.
  reading.catch(() => giveUp.abort())
  try {
    await upload.done()
    return tally.sizeBytes
  } catch (error) {
    tally.destroy()
    const broken = await reading.then(
      () => undefined,
      (failure: unknown) => failure,
    )
    if (sending.signal?.aborted) throw sending.signal.reason
    throw tally.refusal ?? ownFailure(stream) ?? (isAbort(error) ? broken : error)
  }
}

/** What the body failed with by itself, and not because its reader went away. */
function ownFailure(stream: Readable): Error | undefined {
  const isReaders = /^ERR_STREAM_(PREMATURE_CLOSE|DESTROYED)$/.test(systemCodeOf(stream.errored) ?? '')
  return isReaders ? undefined : (stream.errored ?? undefined)
}

const isAbort = (error: unknown) => (error as Error | null)?.name === 'AbortError'

/** The uploader's client: its requests end with the signal, and the last one names size and checksum of the whole. */
function steered({ client, withChecksum }: Sending, tally: Tally, signal: AbortSignal): S3Client {
  const send = (command: Parameters<S3Client['send']>[0]) => {
    // Also, and above all, after the caller gave up. The first failure is the one to tell of.
    if (command instanceof AbortMultipartUploadCommand) return client.send(command).catch(() => ({}))
    if (command instanceof CompleteMultipartUploadCommand && withChecksum)
      Object.assign(command.input, { ChecksumCRC32: tally.checksum(), MpuObjectSize: tally.sizeBytes })
    const isBeginning = command instanceof CreateMultipartUploadCommand && !signal.aborted
    return client.send(command, { abortSignal: isBeginning ? aWhileAfter(signal) : signal })
  }
  return { config: client.config, send } as unknown as S3Client
}

/** What the server has begun and nobody has its number of stays there: an answer that is on its way is waited for. */
function aWhileAfter(signal: AbortSignal): AbortSignal {
  const late = new AbortController()
  signal.addEventListener('abort', () => setTimeout(() => late.abort(), BEGINNING_MS).unref(), { once: true })
  return late.signal
}

/** Counts and sums up what passes, and refuses another size than was announced. */
class Tally extends Transform {
  sizeBytes = 0
  refusal: DomainError | undefined
  readonly #announcedBytes: number | undefined
  #crc = 0

  constructor(announcedBytes: number | undefined) {
    super()
    this.#announcedBytes = announcedBytes
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.sizeBytes += chunk.length
    this.#crc = crc32(chunk, this.#crc)
    const isTooMuch = this.#announcedBytes !== undefined && this.sizeBytes > this.#announcedBytes
    done(isTooMuch ? this.#refuse('more') : null, chunk)
  }

  override _flush(done: TransformCallback): void {
    const isTooLittle = this.#announcedBytes !== undefined && this.sizeBytes < this.#announcedBytes
    done(isTooLittle ? this.#refuse(`only ${this.sizeBytes}`) : null)
  }

  checksum(): string {
    return crcText(this.#crc)
  }

  #refuse(was: string): DomainError {
    this.refusal = new DomainError(
      'invalid',
      `the body has ${was} instead of ${this.#announcedBytes} bytes; nothing was stored`,
    )
    return this.refusal
  }
}

async function collect(stream: Readable, tally: Tally): Promise<Buffer> {
  const chunks: Buffer[] = []
  await pipeline(stream, tally, async (counted: AsyncIterable<Buffer>) => {
    for await (const chunk of counted) chunks.push(chunk)
  })
  return Buffer.concat(chunks)
}

function* slicesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += SLICE) yield bytes.subarray(at, at + SLICE)
}
