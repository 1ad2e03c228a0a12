/** The bytes of an object between a stream and a file. */

import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { DomainError } from '../../base/errors.ts'
import { guarded, readFailure } from './failure.ts'

const CHUNK_BYTES = 256 * 1024

/** Writes the whole body; an error of the body itself comes through as it is. Answers how many bytes they were. */
export async function writeBody(file: FileHandle, body: Readable | Uint8Array, doing: string): Promise<number> {
  const chunks = body instanceof Uint8Array ? [body] : body
  let position = 0
  for await (const chunk of chunks) {
    const bytes: Uint8Array = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    await guarded(doing, () => writeAll(file, bytes, position))
    position += bytes.length
  }
  return position
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done)
    done += bytesWritten
  }
}

/** Owns the file: closes it when all is read, or when it is destroyed. */
export class FileBody extends Readable {
  readonly #file: FileHandle
  readonly #end: number
  readonly #doing: string
  #position: number

  constructor(file: FileHandle, { from, end }: { from: number; end: number }, doing: string) {
    super({ highWaterMark: CHUNK_BYTES })
    this.#file = file
    this.#position = from
    this.#end = end
    this.#doing = doing
  }

  override _read(): void {
    this.#next().then(
      (chunk) => this.push(chunk),
      (error) => this.destroy(readFailure(this.#doing, error) as Error),
    )
  }

  async #next(): Promise<Buffer | null> {
    const sizeBytes = Math.min(CHUNK_BYTES, this.#end - this.#position)
    if (sizeBytes <= 0) return null
    const { buffer, bytesRead } = await this.#file.read(Buffer.allocUnsafe(sizeBytes), 0, sizeBytes, this.#position)
    if (bytesRead === 0)
      throw new DomainError('unavailable', `${this.#doing}: the file ends at byte ${this.#position} of ${this.#end}`)
    this.#position += bytesRead
    return buffer.subarray(0, bytesRead)
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#file.close().then(
      () => done(error),
      (closing) => done(error ?? closing),
    )
  }
}
