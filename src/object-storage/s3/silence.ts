/**
 * A server that does not answer is not waited for once for each object: thousands of them would take days to fail. After
 * a few requests in a row, each with its retries, all others fail at once, but for one now and then that asks again.
 */

import type { S3Client } from '@aws-sdk/client-s3'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'

const MOST_SILENT = 8
const PAUSE_MS = 30_000
const WORDLESS = /^(ECONNREFUSED|ECONNRESET|EHOSTUNREACH|ENETUNREACH|ETIMEDOUT|ENOTFOUND|EAI_AGAIN|EPIPE)$/

/** `name` is the storage's, for the message. */
export function endSilence(client: S3Client, name: string, clock: Clock): void {
  const silence = new Silence(name)
  client.middlewareStack.add(
    (next) => async (args) => {
      silence.ask(clock.monotonicMs())
      try {
        const result = await next(args)
        silence.hear()
        return result
      } catch (error) {
        silence.hear(error)
        throw error
      }
    },
    { step: 'initialize', priority: 'high', name: 'endSilence' },
  )
}

class Silence {
  readonly #name: string
  #count = 0
  #askAtMs = 0

  constructor(name: string) {
    this.#name = name
  }

  /** @throws unavailable where it is of no use to ask now */
  ask(nowMs: number): void {
    if (this.#count >= MOST_SILENT && nowMs < this.#askAtMs)
      throw new DomainError(
        'unavailable',
        `${this.#name}: its server answers no request; it is asked again in ${PAUSE_MS / 1000} s: run this again when it answers`,
      )
    this.#askAtMs = nowMs + PAUSE_MS
  }

  /** An answer, or what came instead. Who gives up himself has learnt nothing. */
  hear(error?: unknown): void {
    if ((error as Error | undefined)?.name === 'AbortError') return
    this.#count = isSilence(error) ? this.#count + 1 : 0
  }
}

function isSilence(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'TimeoutError' || WORDLESS.test(systemCodeOf(error) ?? '')
}
