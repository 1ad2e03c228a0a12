/** One reader of job changes: hears from the first moment, tells from `begin` on, so that no change falls between the two. */

import type { ServerResponse } from 'node:http'
import type { Clock } from '../../../base/clock.ts'
import { isDomainError } from '../../../base/errors.ts'
import type { Notice } from '../../../engine/bus.ts'
import type { Job, JobId } from '../../../job/job.ts'
import { type JobEventBody, showEvent, showFarewell } from '../show.ts'

export const HEARTBEAT_MS = 15_000
/** What a reader may leave unread before it is dropped. */
const UNREAD_SIZE_BYTES = 1 << 20

export class EventStream {
  readonly #response: ServerResponse
  readonly #clock: Clock
  readonly #recheck: () => unknown
  /** The version that was told last, by job. */
  readonly #told = new Map<JobId, number>()
  /** What was heard before the beginning; undefined from then on. */
  #heard: Notice[] | undefined = []
  #stopHeartbeat: () => void = () => {}

  /** `recheck` is called at each heartbeat and throws `unauthenticated` once the reader may not listen any longer. */
  constructor(clock: Clock, { recheck }: { recheck: () => unknown }, response: ServerResponse) {
    this.#response = response
    this.#clock = clock
    this.#recheck = recheck
  }

  begin(standing: readonly Job[]): void {
    this.#response.writeHead(200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
    })
    for (const job of standing) this.#tellOnce(job)
    const heard = this.#heard ?? []
    this.#heard = undefined
    for (const notice of heard) this.#tell(notice)
    this.#beat()
  }

  hear(notice: Notice): void {
    if (this.#heard) this.#heard.push(notice)
    else this.#tell(notice)
  }

  end(): void {
    this.#stopHeartbeat()
    if (this.#response.headersSent) this.#response.end()
  }

  #tell({ before, after }: Notice): void {
    if (after) this.#tellOnce(after)
    else if (before) this.#send(showFarewell(before.id))
  }

  #tellOnce(job: Job): void {
    if (job.version <= (this.#told.get(job.id) ?? 0)) return
    this.#told.set(job.id, job.version)
    this.#send(showEvent(job))
  }

  #send(body: JobEventBody): void {
    this.#write(`data: ${JSON.stringify(body)}\n\n`)
  }

  #write(text: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#response.write(text)
    if (this.#response.writableLength > UNREAD_SIZE_BYTES) this.#response.destroy()
  }

  /** A comment keeps proxies awake; a token that was revoked meanwhile ends the stream. */
  #beat(): void {
    this.#stopHeartbeat = this.#clock.after(HEARTBEAT_MS, () => void this.#stillAllowed())
  }

  async #stillAllowed(): Promise<void> {
    try {
      await this.#recheck()
    } catch (error) {
      if (isDomainError(error, 'unauthenticated')) return this.end()
    }
    if (this.#response.writableEnded || this.#response.destroyed) return
    this.#write(': alive\n\n')
    this.#beat()
  }
}
