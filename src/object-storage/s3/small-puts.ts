/**
 * Small bodies, each in one request that the client's own signer signs and its own connections carry. What the client does
 * around a request besides costs more than signing, sending and storing 4 KiB together. It is left out only while all goes
 * as it should: the first requests, and for a while all after one that was not plainly stored, go through the client, with
 * its retries and its words.
 */

import { crc32 } from 'node:zlib'
import { PutObjectCommand, type PutObjectCommandInput, type S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '../../base/clock.ts'
import { crcText } from './crc.ts'

export interface SmallPut extends Pick<PutObjectCommandInput, 'Bucket' | 'Metadata'> {
  Key: string
  Body: Uint8Array
}

export interface SmallPutsParts {
  /** That has sent nothing yet. */
  client: S3Client
  withChecksum: boolean
  clock: Pick<Clock, 'monotonicMs'>
}

type Handle = S3Client['config']['requestHandler']['handle']
type Request = Parameters<Handle>[0]

/** How the client addresses the bucket. */
interface Address {
  request: Request
  /** Of the path, before the key. */
  before: string
}

const CAREFUL_MS = 30_000
/** As all servers sign that are no part of AWS, and most that are. */
const PLAINLY_SIGNED = /\/s3\/aws4_request,/

export class SmallPuts {
  readonly #parts: SmallPutsParts
  #address: Address | undefined
  #signer: ReturnType<S3Client['config']['signer']> | undefined
  #carefulUntilMs = 0

  constructor(parts: SmallPutsParts) {
    this.#parts = parts
    this.#noteAddress()
  }

  /** Answers the version. @throws what the client throws */
  async put(input: SmallPut, signal?: AbortSignal): Promise<string> {
    const { client, clock } = this.#parts
    if (this.#address !== undefined && clock.monotonicMs() >= this.#carefulUntilMs) {
      const etag = await this.#send(this.#address, input, signal).catch(() => undefined)
      if (etag !== undefined) return etag
      signal?.throwIfAborted()
      this.#carefulUntilMs = clock.monotonicMs() + CAREFUL_MS
    }
    const { ETag = '' } = await client.send(new PutObjectCommand(input), signal && { abortSignal: signal })
    return ETag
  }

  #noteAddress(): void {
    this.#parts.client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          const result = await next(args)
          if (commandName === 'PutObjectCommand')
            this.#address ??= addressIn(args.request as Request, (args.input as SmallPut).Key)
          return result
        },
      { step: 'finalizeRequest', priority: 'low', name: 'noteAddress' },
    )
  }

  /** Undefined for any other answer than that it is stored. */
  async #send({ request, before }: Address, input: SmallPut, signal?: AbortSignal): Promise<string | undefined> {
    const { config } = this.#parts.client
    this.#signer ??= config.signer()
    const signer = await this.#signer
    const path = `${before}${encodeKey(input.Key)}`
    const signed = await signer.sign({ ...request, path, headers: this.#headersOf(request, input), body: input.Body })
    const { response } = await config.requestHandler.handle(signed as Request, {
      ...(signal && { abortSignal: signal }),
    })
    response.body?.resume()
    return response.statusCode === 200 ? response.headers.etag : undefined
  }

  #headersOf({ headers }: Request, { Body, Metadata = {} }: SmallPut): Record<string, string> {
    const metadata = Object.entries(Metadata).map(([name, value]) => [`x-amz-meta-${name}`, value])
    return {
      host: headers.host ?? '',
      'content-type': 'application/octet-stream',
      'content-length': String(Body.length),
      ...(this.#parts.withChecksum && { 'x-amz-checksum-crc32': crcText(crc32(Body)) }),
      ...Object.fromEntries(metadata),
    }
  }
}

/** Undefined where the bucket is addressed or signed in a way of its own. */
function addressIn(request: Request, key: string): Address | undefined {
  const encoded = encodeKey(key)
  if (!request.path.endsWith(`/${encoded}`) || !PLAINLY_SIGNED.test(request.headers.authorization ?? ''))
    return undefined
  return { request, before: request.path.slice(0, -encoded.length) }
}

/** As the client does: the rest of what RFC 3986 reserves as well. */
function encodeKey(key: string): string {
  const encode = (character: string) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, encode)
}
