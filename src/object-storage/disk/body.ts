/** The bytes of an object between a stream and a file. */

import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { DomainError } from '../../base/errors.ts'
import type { BandwidthLimiter } from '../bandwidth.ts'
import { guarded, readFailure } from './failure.ts'

const CHUNK_BYTES = 256 * 1024

/** Where the bytes of a body go or come from, and how fast. */
export interface Passage {
  file: FileHandle
  /** For messages. */
  doing: string
  limiter: BandwidthLimiter | undefined
  signal?: AbortSignal | undefined
}

/** Writes the whole body; an error of the body itself comes through as it is. Answers how many bytes they were. */
export async function writeBody(
  body: Readable | Uint8Array,
  { file, doing, limiter, signal }: Passage,
): Promise<number> {
  const chunks = body instanceof Uint8Array ? [body] : body
  let position = 0
  let writing = Promise.resolve()
  for await (const chunk of chunks) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    for (const slice of slicesOf(bytes, limiter?.sliceBytes ?? bytes.length)) {
      await limiter?.take(slice.length, signal)
      await writing
      const at = position
      // The body makes its next piece meanwhile.
      writing = guarded(doing, () => writeAll(file, slice, at))
      writing.catch(() => undefined)
      position += slice.length
    }
  }
  await writing
  return position
}

function* slicesOf(bytes: Uint8Array, sliceBytes: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sliceBytes) yield bytes.subarray(at, at + sliceBytes)
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Owns the file: closes it when all is read, or when it is destroyed. */
export class FileBody extends Readable {
  readonly #passage: Passage
  readonly #end: number
  readonly #gone = new AbortController()
  #position: number

  constructor({ from, end }: { from: number; end: number }, passage: Passage) {
    super({ highWaterMark: CHUNK_BYTES })
    this.#passage = passage
    this.#position = from
    this.#end = end
  }

  override _read(): void {
    this.#next().then(
      (chunk) => this.push(chunk),
      (error) => this.destroy(readFailure(this.#passage.doing, error) as Error),
    )
  }

  async #next(): Promise<Buffer | null> {
    const { file, doing, limiter } = this.#passage
    const sizeBytes = Math.min(CHUNK_BYTES, limiter?.sliceBytes ?? CHUNK_BYTES, this.#end - this.#position)
    if (sizeBytes <= 0) return null
    await limiter?.take(sizeBytes, this.#gone.signal)
    const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(sizeBytes), 0, sizeBytes, this.#position)
    if (bytesRead === 0)
      throw new DomainError('unavailable', `${doing}: the file ends at byte ${this.#position} of ${this.#end}`)
    this.#position += bytesRead
    return buffer.subarray(0, bytesRead)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#gone.abort()
    this.#passage.file.close().then(
      () => done(error),
      (closing) => done(error ?? closing),
    )
  }
}
