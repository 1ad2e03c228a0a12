/** Answers packed with gzip for who takes it, away from the event loop's thread (spec/cockpit.md 1.1). */

import { PassThrough, pipeline, Readable } from 'node:stream'
import { promisify } from 'node:util'
import { createGzip, gzip } from 'node:zlib'
import type { FastifyInstance, FastifyReply } from 'fastify'

/** Below this the headers of gzip cost what it saves. */
const LEAST_BYTES = 1024
const LEVEL = 5

const pack = promisify(gzip)

export function packAnswers(scope: FastifyInstance): void {
  scope.addHook('onSend', async (request, reply, payload) => {
    if (!isPackable(payload) || reply.hasHeader('content-encoding')) return payload
    reply.header('vary', 'Accept-Encoding')
    if (!takesGzip(request.headers['accept-encoding'])) return payload
    reply.header('content-encoding', 'gzip').removeHeader('content-length')
    return payload instanceof Readable ? packStream(payload) : pack(payload, { level: LEVEL })
  })
}

function isPackable(payload: unknown): payload is string | Buffer | Readable {
  if (payload instanceof Readable) return true
  return (typeof payload === 'string' || Buffer.isBuffer(payload)) && payload.length >= LEAST_BYTES
}

/** `gzip` or `*`, unless it is refused with `;q=0`. */
function takesGzip(accepted: FastifyReply['raw']['req']['headers']['accept-encoding']): boolean {
  const words = String(accepted ?? '')
    .slice(0, 500)
    .toLowerCase()
    .split(',')
  return words.some((word) => {
    const [name = '', ...parameters] = word.split(';').map((part) => part.trim())
    return (name === 'gzip' || name === '*') && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))
  })
}

/** A failure of the source ends the answer, which its reader then knows to be cut short. */
function packStream(source: Readable): Readable {
  const out = new PassThrough()
  pipeline(source, createGzip({ level: LEVEL }), out, () => undefined)
  return out
}
