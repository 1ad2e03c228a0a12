/** A stream as one piece of memory of its own, which can be handed to a thread. */

import type { Readable } from 'node:stream'
import { DomainError } from '../../base/errors.ts'

interface Bound {
  /** For the message. */
  file: string
  mostBytes: number
}

/** @throws unavailable when there is more than `mostBytes`; what the stream throws */
export async function readWhole(body: Readable, { file, mostBytes }: Bound): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > mostBytes)
      throw new DomainError('unavailable', `${file} has more than ${mostBytes} bytes and is not read`)
    chunks.push(chunk)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}
