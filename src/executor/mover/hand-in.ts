/** Brings what movers tell to the desk: in order within an attempt, each thing once at a time, and until it is taken. */

import type { Clock } from '../../base/clock.ts'
import { isDomainError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Attempt } from '../executor.ts'
import { attemptKey } from '../mover-protocol.ts'

const RETRY_MS = 1000

export class HandIn {
  readonly #clock: Clock
  readonly #log: Logger
  readonly #queues = new Map<string, Promise<void>>()
  readonly #underway = new Set<string>()
  readonly #closed = Promise.withResolvers<void>()
  #isClosed = false

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock
    this.#log = log
  }

  /** What is handed in already, by attempt and name, is not handed in again meanwhile. */
  add(attempt: Attempt, name: string, hand: () => Promise<void>, then: () => void): void {
    const key = attemptKey(attempt)
    const id = `${key} ${name}`
    if (this.#underway.has(id)) return
    this.#underway.add(id)
    const before = this.#queues.get(key) ?? Promise.resolve()
    const queue = before
      .then(() => this.#insist(id, hand))
      .then((isTaken) => {
        this.#underway.delete(id)
        if (this.#queues.get(key) === queue) this.#queues.delete(key)
        if (isTaken) then()
      })
    this.#queues.set(key, queue)
  }

  /** What is not taken by now is told again by its mover to the next server. */
  close(): void {
    this.#isClosed = true
    this.#closed.resolve()
  }

  /** Settles when nothing is under way. */
  async settle(): Promise<void> {
    await Promise.all(this.#queues.values())
  }

  async #insist(id: string, hand: () => Promise<void>): Promise<boolean> {
    while (!this.#isClosed) {
      try {
        await hand()
        return true
      } catch (error) {
        const line = { attempt: id, reason: messageOf(error) }
        if (isDomainError(error, 'unavailable')) this.#log.warn(line, 'what a mover told waits to be stored')
        else this.#log.error({ ...line, err: error }, 'what a mover told cannot be stored')
      }
      const pause = new Promise<void>((resolve) => this.#clock.after(RETRY_MS, resolve))
      await Promise.race([pause, this.#closed.promise])
    }
    return false
  }
}
