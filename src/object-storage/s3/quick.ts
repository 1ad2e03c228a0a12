/**
 * The two requests that are made for each small file, signed and sent here, at a fifth of what the AWS client takes for
 * them. Only their success is taken from here: whatever else comes, the caller asks again through the client, which knows
 * how to wait, to repeat and to tell what was wrong. Each of them may be done twice.
 */

import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto'
import { type ClientRequest, type IncomingMessage, Agent as PlainAgent, request as plain } from 'node:http'
import { Agent as SecureAgent, request as secure } from 'node:https'
import { crc32 } from 'node:zlib'
import type { S3Client } from '@aws-sdk/client-s3'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { BandwidthLimiter } from '../bandwidth.ts'
import { decodeMetadata } from '../metadata.ts'
import type { ObjectInfo, PutOptions } from '../object-storage.ts'
import type { S3StorageParts } from './client.ts'

interface QuickParts {
  client: S3Client
  /** With the bucket in the path. */
  endpoint: URL
  withChecksum: boolean
  idleTimeoutMs: number
  limiter: BandwidthLimiter | undefined
  clock: Clock
}

interface Place {
  Bucket: string
  Key: string
}

interface Sent extends Place {
  /** Encoded for headers. */
  Metadata: Readonly<Headers>
}

/** `absent` only where the server said so. */
type Answer = Omit<ObjectInfo, 'key'> | 'absent' | 'unclear'

type Headers = Record<string, string>

const SOCKETS = 32
/** Of larger bodies the client takes the smaller part of the time. */
const MOST_BYTES = 256 * 1024

/** Undefined where the address is not known: AWS's own the client works out. */
export function quickRequestsFor(parts: S3StorageParts, client: S3Client): QuickRequests | undefined {
  const { endpoint, pathStyle = true, checksums, idleTimeoutMs = 30_000, limiter, clock = systemClock } = parts
  if (!endpoint || !pathStyle) return undefined
  const withChecksum = checksums !== 'whenRequired'
  return new QuickRequests({ client, endpoint: new URL(endpoint), withChecksum, idleTimeoutMs, limiter, clock })
}

export class QuickRequests {
  readonly #parts: QuickParts
  readonly #agent: PlainAgent
  #key: { name: string; value: KeyObject } | undefined

  constructor(parts: QuickParts) {
    this.#parts = parts
    const options = { keepAlive: true, maxSockets: SOCKETS }
    this.#agent = parts.endpoint.protocol === 'https:' ? new SecureAgent(options) : new PlainAgent(options)
  }

  /** False where it may not be stored, or it is not for this way. @throws nothing */
  async put(place: Sent, body: Uint8Array, { sizeBytes = body.length, signal }: PutOptions): Promise<boolean> {
    const { limiter } = this.#parts
    const isLimited = limiter !== undefined && limiter.bytesPerSecond !== null
    if (isLimited || signal !== undefined || sizeBytes !== body.length || body.length > MOST_BYTES) return false
    const headers: Headers = { 'content-length': String(body.length) }
    for (const [name, value] of Object.entries(place.Metadata)) headers[`x-amz-meta-${name}`] = value
    if (this.#parts.withChecksum) headers['x-amz-checksum-crc32'] = checksumOf(body)
    const answer = await this.#ask('PUT', place, headers, body).catch(() => undefined)
    return answer?.statusCode === 200
  }

  /** @throws nothing */
  async head(place: Place): Promise<Answer> {
    const answer = await this.#ask('HEAD', place, {}, Buffer.alloc(0)).catch(() => undefined)
    if (answer?.statusCode === 404) return 'absent'
    if (answer?.statusCode !== 200) return 'unclear'
    const { 'content-length': length, 'last-modified': modified } = answer.headers
    const metadata = Object.entries(answer.headers).flatMap(([name, value]) =>
      name.startsWith('x-amz-meta-') ? [[name.slice('x-amz-meta-'.length), String(value)] as const] : [],
    )
    return {
      sizeBytes: Number(length),
      modifiedAt: Date.parse(modified ?? '') || 0,
      metadata: decodeMetadata(Object.fromEntries(metadata)),
    }
  }

  close(): void {
    this.#agent.destroy()
  }

  async #ask(method: string, place: Place, headers: Headers, body: Uint8Array): Promise<IncomingMessage> {
    const { endpoint, idleTimeoutMs } = this.#parts
    const path = `${endpoint.pathname.replace(/\/$/, '')}/${encodePath(place.Bucket)}/${encodePath(place.Key)}`
    const signed = await this.#sign({ method, path, headers: { ...headers, host: endpoint.host }, body })
    const send = endpoint.protocol === 'https:' ? secure : plain
    const request = send(endpoint, { method, path, headers: signed, agent: this.#agent, timeout: idleTimeoutMs })
    return answerTo(request, body)
  }

  /** Signature Version 4, over all headers. */
  async #sign({ method, path, headers, body }: Unsigned): Promise<Headers> {
    const { config } = this.#parts.client
    const [{ accessKeyId, secretAccessKey, sessionToken }, region] = await Promise.all([
      config.credentials(),
      config.region(),
    ])
    const stamp = new Date(this.#parts.clock.now()).toISOString().replace(/[-:]|\.\d{3}/g, '')
    const scope = `${stamp.slice(0, 8)}/${region}/s3/aws4_request`
    const all: Headers = { ...headers, 'x-amz-date': stamp, 'x-amz-content-sha256': hash('sha256', body) }
    if (sessionToken !== undefined) all['x-amz-security-token'] = sessionToken
    const names = Object.keys(all).sort()
    const lines = names.map((name) => `${name}:${all[name]}\n`).join('')
    const asked = `${method}\n${path}\n\n${lines}\n${names.join(';')}\n${all['x-amz-content-sha256']}`
    const text = `AWS4-HMAC-SHA256\n${stamp}\n${scope}\n${hash('sha256', asked)}`
    const signature = createHmac('sha256', this.#keyFor(secretAccessKey, scope)).update(text).digest('hex')
    const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`
    return { ...all, authorization }
  }

  /** The same for a day. */
  #keyFor(secret: string, scope: string): KeyObject {
    const name = `${secret}\n${scope}`
    if (this.#key?.name === name) return this.#key.value
    let bytes = Buffer.from(`AWS4${secret}`)
    for (const part of scope.split('/')) bytes = createHmac('sha256', bytes).update(part).digest()
    const value = createSecretKey(bytes)
    this.#key = { name, value }
    return value
  }
}

interface Unsigned {
  method: string
  path: string
  headers: Headers
  body: Uint8Array
}

/** Settles when the answer is whole. */
function answerTo(request: ClientRequest, body: Uint8Array): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
    request.on('response', (answer) => {
      answer.on('error', reject)
      answer.on('end', () => resolve(answer))
      answer.resume()
    })
    request.end(body)
  })
}

function checksumOf(body: Uint8Array): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(crc32(body))
  return bytes.toString('base64')
}

function encodePath(path: string): string {
  const encode = (one: string) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`
  return path
    .split('/')
    .map((part) => encodeURIComponent(part).replace(/[!'()*]/g, encode))
    .join('/')
}
