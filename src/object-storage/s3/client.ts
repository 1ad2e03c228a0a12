/** The AWS client of one bucket: address, keys, patience, retries, and the site's bandwidth under all of it. */

import { type PipelineSource, pipeline, Readable } from 'node:stream'
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3'
import { type Clock, systemClock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { BandwidthLimiter } from '../bandwidth.ts'
import { credentialsFrom } from './credentials.ts'
import { endSilence } from './silence.ts'

export interface S3StorageParts {
  bucket: string
  /** Keys stand below it; '' for the whole bucket. No slash at its ends. */
  prefix?: string
  /** A URL; AWS's own where it is missing. */
  endpoint?: string | null
  region?: string
  /** Absolute; AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY of the environment where it is missing. */
  credentialsFile?: string | null
  profile?: string
  env?: Readonly<Record<string, string | undefined>>
  /** The bucket in the path instead of the host's name; what servers other than AWS understand without DNS. */
  pathStyle?: boolean
  /** Larger bodies go in parts of this size, or as much larger as 10,000 parts ask for. */
  partSizeBytes?: number
  /** Of one body at a time; each holds its bytes in memory until it has arrived. */
  partsInFlight?: number
  /** Of each request, with a growing pause between. */
  attempts?: number
  connectTimeoutMs?: number
  /** Without a byte in either direction. */
  idleTimeoutMs?: number
  /** Whether bodies are checked by CRC-32 both ways; `whenRequired` for servers that refuse such requests. */
  checksums?: 'always' | 'whenRequired'
  limiter?: BandwidthLimiter
  clock?: Clock
}

/** Too little for a limit that comes meanwhile to matter. */
const FREE_BYTES = 1024 * 1024

const DAMAGED = new Set(['BadDigest', 'IncompleteBody', 'XAmzContentChecksumMismatch', 'XAmzContentSHA256Mismatch'])

/** @throws invalid for an address that cannot be */
export function createClient(parts: S3StorageParts): S3Client {
  const { checksums = 'always', clock = systemClock, limiter } = parts
  const mode = checksums === 'always' ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED'
  const client = new S3Client({
    ...addressOf(parts),
    credentials: credentialsFrom(
      { file: parts.credentialsFile ?? undefined, profile: parts.profile, env: parts.env },
      clock,
    ),
    maxAttempts: parts.attempts ?? 5,
    // Its chain of steps is the same for each request of a kind; putting it together anew costs as much as signing.
    cacheMiddleware: true,
    requestChecksumCalculation: mode,
    responseChecksumValidation: mode,
    // Waiting for leave to send costs a round trip and a new connection for each part.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: parts.connectTimeoutMs ?? 5_000,
      socketTimeout: parts.idleTimeoutMs ?? 30_000,
    },
  })
  endSilence(client, `s3:${parts.bucket}`, clock)
  repeatDamaged(client)
  if (limiter !== undefined) limitBandwidth(client, limiter)
  return client
}

/** What the server found damaged is sent again; the client alone takes that for the caller's mistake. */
function repeatDamaged(client: S3Client): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (error instanceof S3ServiceException && DAMAGED.has(error.name)) Object.assign(error, { $retryable: {} })
        throw error
      }
    },
    { step: 'deserialize', priority: 'high', name: 'repeatDamaged' },
  )
}

function addressOf(parts: S3StorageParts): S3ClientConfig {
  const { endpoint, region = 'us-east-1', pathStyle = true } = parts
  if (!endpoint) return { region, forcePathStyle: parts.pathStyle ?? false }
  const url = URL.parse(endpoint)
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new DomainError('invalid', 'the endpoint of an S3 server is a URL, as https://s3.example.org')
  if (url.username !== '' || url.password !== '')
    throw new DomainError('invalid', `the endpoint ${url.host} holds a password; put the keys into a credentials file`)
  return { endpoint: url.href, region, forcePathStyle: pathStyle }
}

/**
 * Under the retries, so that what is sent again counts again; the client itself keeps whole parts and can repeat them. What
 * begins while there is no limit, and is small, goes as it is.
 */
function limitBandwidth(client: S3Client, limiter: BandwidthLimiter): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const request = args.request as { method?: string; body?: unknown }
      const { body } = request
      const isFree = limiter.bytesPerSecond === null && sizeOf(body) <= FREE_BYTES
      const sending = isSized(body) && !isFree ? limited(Readable.from([body]), limiter) : undefined
      try {
        if (sending !== undefined) request.body = sending
        const result = await next(args)
        const response = result.response as { body?: unknown }
        // Only what is asked for by GET has a body worth counting.
        if (request.method === 'GET' && response.body instanceof Readable)
          response.body = limited(response.body, limiter)
        return result
      } finally {
        request.body = body
        sending?.destroy()
      }
    },
    { step: 'deserialize', priority: 'low', name: 'bandwidth' },
  )
}

const sizeOf = (body: unknown) => (body instanceof Uint8Array ? body.length : 0)

const isSized = (body: unknown): body is Uint8Array => sizeOf(body) > 0

function limited(source: PipelineSource<Buffer> & Readable, limiter: BandwidthLimiter): Readable {
  // An end of either is the end of both; the reader of the second is told.
  return pipeline(source, limiter.stream(), () => undefined) as unknown as Readable
}
