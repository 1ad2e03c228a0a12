/** A gzip body unpacked as it comes, unless it grows as no measured values do. */

import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { DomainError, messageOf } from '../../../base/errors.ts'
import { ProtocolError } from '../../../http/refusal.ts'

/** Line protocol packs about 20 to 1; zeros pack 1000 to 1. */
const MOST_GROWTH = 200
const UNJUDGED_BYTES = 8 << 20

/** The bytes to read of a body in that encoding. @throws ProtocolError for one that is not read */
export function unpacked(body: Readable, encoding: string | undefined): AsyncIterable<Uint8Array> {
  if (encoding === undefined || encoding === 'identity' || encoding === '') return plain(body)
  if (encoding === 'gzip' || encoding === 'x-gzip') return gunzip(body)
  throw new ProtocolError(415, 'send the values as they are, or with Content-Encoding: gzip')
}

/** The connection stays whole for the answer when the reader wants no more. @throws invalid for a body that was cut off */
async function* plain(body: Readable): AsyncGenerator<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false })
  } catch (error) {
    throw error instanceof DomainError ? error : cutOff(error)
  }
}

/** @throws invalid for what is not gzip, ProtocolError for what grows too much */
async function* gunzip(body: Readable): AsyncGenerator<Uint8Array> {
  const packed = { bytes: 0 }
  body.on('data', (chunk: Uint8Array) => {
    packed.bytes += chunk.byteLength
  })
  const stream = createGunzip()
  // A client that goes away ends the reading, which would otherwise wait for ever.
  body
    .once('error', (error) => stream.destroy(cutOff(error)))
    .once('close', () => body.readableEnded || stream.destroy(cutOff()))
  body.pipe(stream)
  let bytes = 0
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      bytes += chunk.byteLength
      if (bytes > UNJUDGED_BYTES && bytes > packed.bytes * MOST_GROWTH)
        throw new ProtocolError(
          413,
          `the body grows more than ${MOST_GROWTH} times when it is unpacked; send it as it is`,
        )
      yield chunk
    }
  } catch (error) {
    if (error instanceof DomainError || error instanceof ProtocolError) throw error
    throw new DomainError('invalid', `the body is not gzip: ${messageOf(error)}`, {}, error)
  } finally {
    body.unpipe(stream)
    stream.destroy()
  }
}

function cutOff(cause?: unknown): DomainError {
  return new DomainError('invalid', 'the body ended before it was complete', {}, cause)
}
