/**
 * A body on its way out of a bucket. A connection that breaks is taken up again at the byte where it broke, of the same
 * version of the object; the stream ends well only when every byte came and the sum is the one of who wrote it.
 */

import { Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import { readFailure } from './failure.ts'

/** A part of an object that is on its way. */
export interface Delivery {
  body: Readable
  /** CRC-32 of the whole object in base64, where the server knows it and sends the whole. */
  checksum: string | undefined
}

export interface Download {
  doing: string
  sizeBytes: number
  /** The rest after so many bytes; undefined where the server does not say which version it sent. */
  resume: ((afterBytes: number) => Promise<Delivery>) | undefined
  /** How often in a row without a byte between. */
  attempts: number
  clock: Clock
}

const ENDED_EARLY = Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' })
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 10_000

export class DownloadBody extends Readable {
  readonly #download: Download
  readonly #checksum: string | undefined
  #source: Readable
  #chunks: AsyncIterator<Buffer>
  #received = 0
  #crc = 0
  #failures = 0
  #wakeUp: (() => void) | undefined

  constructor(first: Delivery, download: Download) {
    super()
    this.#download = download
    this.#checksum = first.checksum
    this.#source = first.body
    this.#chunks = first.body[Symbol.asyncIterator]()
  }

  override _read(): void {
    this.#next().then(
      (chunk) => this.push(chunk),
      (error) => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#wakeUp?.()
    this.#source.destroy()
    done(error)
  }

  async #next(): Promise<Buffer | null> {
    for (;;) {
      const step = await this.#chunks.next().catch((error: unknown) => ({ done: true, value: error }))
      if (this.destroyed) return null
      if (!step.done) return this.#count(step.value as Buffer)
      if (this.#received >= this.#download.sizeBytes || isMismatch(step.value)) return this.#finish(step.value)
      await this.#resume(step.value)
    }
  }

  #count(chunk: Buffer): Buffer {
    this.#failures = 0
    this.#received += chunk.length
    if (this.#checksum !== undefined) this.#crc = crc32(chunk, this.#crc)
    return chunk
  }

  /** `error` is what the client's own check said. */
  #finish(error: unknown): null {
    const isRight = this.#checksum === undefined || Buffer.from(this.#checksum, 'base64').readUInt32BE() === this.#crc
    if (error === undefined && isRight && this.#received === this.#download.sizeBytes) return null
    throw new DomainError('unavailable', `${this.#download.doing}: what arrived is damaged (checksum mismatch)`)
  }

  /** @throws unavailable when it is of no use to go on */
  async #resume(error: unknown): Promise<void> {
    const { doing, sizeBytes, resume, attempts, clock } = this.#download
    const where = `${doing} (byte ${this.#received} of ${sizeBytes})`
    this.#source.destroy()
    this.#failures += 1
    if (resume === undefined || this.#failures >= attempts) throw readFailure(where, error ?? ENDED_EARLY)
    await this.#pause(clock)
    if (this.destroyed) return
    const { body } = await resume(this.#received).catch((failure: unknown) => {
      throw readFailure(where, failure)
    })
    this.#source = body
    this.#chunks = body[Symbol.asyncIterator]()
    if (this.destroyed) body.destroy()
  }

  /** Longer each time, and never in step with others. Ends early when the reader goes away. */
  #pause(clock: Clock): Promise<void> {
    const longestMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures)
    return new Promise((resolve) => {
      const cancel = clock.after(longestMs * (0.5 + Math.random() / 2), resolve)
      this.#wakeUp = () => {
        cancel()
        resolve()
      }
    })
  }
}

/** What the client says of whole objects of which it knows the checksum; it may say so before all bytes were read here. */
const isMismatch = (error: unknown) => error instanceof Error && error.message.startsWith('Checksum mismatch')
