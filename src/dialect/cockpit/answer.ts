/** How an answer is sent: JSON with a line's end (spec/cockpit.md 1.1), text, nothing, or pieces as they come. */

import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import type { FastifyReply } from 'fastify'

export const JSON_TYPE = 'application/json'
const TEXT_TYPE = 'text/plain; charset=utf-8'

/** As bytes, since Fastify would add a charset to the type of a text, which the reference's clients never saw. */
export function sendJson(reply: FastifyReply, value: unknown): FastifyReply {
  return reply.type(JSON_TYPE).send(Buffer.from(`${JSON.stringify(value)}\n`))
}

export function sendText(reply: FastifyReply, text: string): FastifyReply {
  return reply.type(TEXT_TYPE).send(text)
}

/** Status 200 and not a byte. */
export function sendNothing(reply: FastifyReply, status = 200): FastifyReply {
  return reply.code(status).send()
}

const PIECE_LENGTH = 1 << 16

/**
 * Sends texts as they are made, in pieces of some size, the event loop having its turn between them. What goes wrong
 * before the second piece is thrown here, while it can still be answered.
 */
export async function sendPieces(
  reply: FastifyReply,
  type: string,
  texts: AsyncIterable<string | Uint8Array> | Iterable<string>,
): Promise<FastifyReply> {
  const pieces = gather(texts)
  const first = await pieces.next()
  if (first.done) return reply.type(type).send(Buffer.alloc(0))
  const second = await pieces.next()
  if (second.done) return reply.type(type).send(Buffer.from(first.value))
  return reply.type(type).send(Readable.from(chain([first.value, second.value], pieces), { objectMode: false }))
}

/** Ends `rest` as well when the reader goes away before it has begun. */
async function* chain(
  beginning: readonly (string | Uint8Array)[],
  rest: AsyncGenerator<string | Uint8Array>,
): AsyncGenerator<string | Uint8Array> {
  try {
    yield* beginning
    yield* rest
  } finally {
    await rest.return(undefined)
  }
}

async function* gather(
  texts: AsyncIterable<string | Uint8Array> | Iterable<string>,
): AsyncGenerator<string | Uint8Array> {
  let piece = ''
  for await (const text of texts) {
    if (typeof text !== 'string') {
      if (piece !== '') yield piece
      piece = ''
      yield text
      continue
    }
    piece += text
    if (piece.length < PIECE_LENGTH) continue
    yield piece
    piece = ''
    await setImmediate()
  }
  if (piece !== '') yield piece
}
