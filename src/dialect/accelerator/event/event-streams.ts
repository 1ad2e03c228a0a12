/** Job changes as server-sent events, for `nc wait` and whoever else would otherwise ask again and again. */

import type { FastifyReply } from 'fastify'
import type { Caller } from '../../../auth/caller.ts'
import type { Clock } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Notice } from '../../../engine/bus.ts'
import type { Engine } from '../../../engine/engine.ts'
import type { Job, JobId } from '../../../job/job.ts'
import { EventStream } from './event-stream.ts'

const MOST_STREAMS = 1000

export interface EventParts {
  engine: Engine
  clock: Clock
}

export interface Watch {
  caller: Caller
  jobIds: readonly JobId[]
  /** Asked at each heartbeat. @throws unauthenticated once the caller may not listen any longer */
  recheck: () => unknown
}

/** Every open stream of a door: one ear on the bus for all of them, and one place to end them. */
export class EventStreams {
  readonly #parts: EventParts
  readonly #readers = new Map<JobId, Set<EventStream>>()
  readonly #open = new Set<EventStream>()
  readonly #stopListening: () => void

  constructor(parts: EventParts) {
    this.#parts = parts
    this.#stopListening = parts.engine.bus.listen((notice) => this.#hear(notice))
  }

  /** Answers with the jobs as they stand and goes on until either side ends it. @throws not_found, limited */
  async open(watch: Watch, reply: FastifyReply): Promise<void> {
    if (this.#open.size >= MOST_STREAMS) {
      throw new DomainError('limited', `${MOST_STREAMS} event streams are open; close one, or ask for the jobs instead`)
    }
    const stream = new EventStream(this.#parts.clock, watch, reply.raw)
    this.#add(stream, watch)
    reply.raw.once('close', () => this.#remove(stream, watch))
    try {
      const standing = await this.#standing(watch)
      reply.hijack()
      if (!reply.raw.destroyed) stream.begin(standing)
    } catch (error) {
      this.#remove(stream, watch)
      throw error
    }
  }

  /** Ends all of them; their readers come back to whoever answers then. */
  close(): void {
    this.#stopListening()
    for (const stream of this.#open) stream.end()
  }

  #standing({ caller, jobIds }: Watch): Promise<Job[]> {
    return Promise.all(jobIds.map((id) => this.#parts.engine.jobs.get(caller, id)))
  }

  #add(stream: EventStream, { jobIds }: Watch): void {
    this.#open.add(stream)
    for (const id of jobIds) this.#readers.set(id, (this.#readers.get(id) ?? new Set()).add(stream))
  }

  #remove(stream: EventStream, { jobIds }: Watch): void {
    stream.end()
    this.#open.delete(stream)
    for (const id of jobIds) {
      const readers = this.#readers.get(id)
      if (readers?.delete(stream) && readers.size === 0) this.#readers.delete(id)
    }
  }

  #hear(notice: Notice): void {
    const readers = this.#readers.get((notice.after ?? notice.before)?.id ?? 0)
    if (readers) for (const stream of readers) stream.hear(notice)
  }
}
