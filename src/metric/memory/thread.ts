/**
 * The server's side of the thread of measured values. One that dies is started again from what it had written; whoever
 * waits for an answer then hears `unavailable`.
 */

import { Worker } from 'node:worker_threads'
import type { Clock } from '../../base/clock.ts'
import { DomainError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Answer, Asked, Kind, Letter, Question, Reply, ThreadData } from './thread-message.ts'

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 30_000
/** Who lived so long did not die of what it read at its start. */
const SOUND_AFTER_MS = 60_000

/** So that garbage goes before it is as large as what is held. */
const HEAP_SLACK_MB = 256

export interface ThreadParts {
  module: URL
  data: ThreadData
  clock: Clock
  log: Logger
  /** Asks what a new thread must know. */
  introduce(): void
}

interface Waiting {
  resolve(answer: unknown): void
  reject(error: unknown): void
}

export class Thread {
  readonly #parts: ThreadParts
  #worker: Worker | undefined
  #lastId = 0
  #waiting = new Map<number, Waiting>()
  #isStopping = false
  #startedMs = 0
  #pauseMs = 0
  #cancelStart = () => {}

  constructor(parts: ThreadParts) {
    this.#parts = parts
  }

  get isRunning(): boolean {
    return this.#worker !== undefined
  }

  /** Settles when what was written before is back in memory. */
  async start(): Promise<void> {
    this.#isStopping = false
    await this.#begin()
  }

  /** @throws unavailable while no thread runs, and when it dies; what the thread throws */
  ask<K extends Kind>(kind: K, asked: Asked<K>, transfer: readonly ArrayBuffer[] = []): Promise<Answer<K>> {
    return new Promise((resolve, reject) => {
      if (!this.#worker) return reject(gone())
      this.#lastId += 1
      this.#waiting.set(this.#lastId, { resolve: resolve as (answer: unknown) => void, reject })
      this.#worker.ref()
      this.#post(this.#lastId, { kind, ...asked } as unknown as Question, transfer)
    })
  }

  /** Without an answer, and in vain while no thread runs. */
  tell<K extends Kind>(kind: K, asked: Asked<K>): void {
    if (this.#worker) this.#post(0, { kind, ...asked } as unknown as Question, [])
  }

  async stop(): Promise<void> {
    this.#cancelStart()
    if (!this.#worker || this.#isStopping) return
    this.#isStopping = true
    const worker = this.#worker
    const ended = new Promise((resolve) => worker.once('exit', resolve))
    await this.ask('close', {}).catch(() => undefined)
    worker.ref()
    await ended
  }

  #begin(): Promise<unknown> {
    const { module, data, clock, introduce, log } = this.#parts
    const worker = new Worker(module, {
      workerData: data,
      resourceLimits: { maxOldGenerationSizeMb: data.memoryMb + HEAP_SLACK_MB },
    })
    let reason = 'it ended'
    worker.on('message', (reply: Reply) => this.#hear(reply))
    worker.on('error', (error) => {
      reason = messageOf(error)
    })
    worker.on('exit', () => this.#lose(reason))
    this.#worker = worker
    this.#startedMs = clock.monotonicMs()
    const loaded = this.ask('load', {})
    introduce()
    loaded.catch((error) => log.error({ reason: messageOf(error) }, 'measured values could not be read back'))
    return loaded
  }

  #post(id: number, question: Question, transfer: readonly ArrayBuffer[]): void {
    const letter: Letter = { id, now: this.#parts.clock.now(), question }
    this.#worker?.postMessage(letter, [...transfer])
  }

  #hear(reply: Reply): void {
    if ('trouble' in reply) this.#tellTrouble(reply.trouble)
    else this.#settle(reply)
  }

  #settle(reply: Exclude<Reply, { trouble: unknown }>): void {
    const waiting = this.#waiting.get(reply.id)
    this.#waiting.delete(reply.id)
    if (this.#waiting.size === 0) this.#worker?.unref()
    if ('answer' in reply) waiting?.resolve(reply.answer)
    else if ('refused' in reply) waiting?.reject(new DomainError(reply.refused.code, reply.refused.message))
    else if (waiting) waiting.reject(new Error(`in the thread of measured values: ${reply.broken}`))
    else this.#parts.log.error({ reason: reply.broken }, 'measured values were not kept')
  }

  #tellTrouble(trouble: string | null): void {
    const { log } = this.#parts
    if (trouble === null) log.info('measured values are written to the disk again')
    else log.error({ reason: trouble }, 'measured values cannot be written to the disk; they are kept in memory alone')
  }

  #lose(reason: string): void {
    this.#worker = undefined
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const { reject } of waiting) reject(gone())
    if (this.#isStopping) return
    const { clock, log } = this.#parts
    const wasSound = clock.monotonicMs() - this.#startedMs >= SOUND_AFTER_MS
    this.#pauseMs = wasSound ? 0 : Math.min(Math.max(FIRST_PAUSE_MS, this.#pauseMs * 2), LONGEST_PAUSE_MS)
    log.error({ reason }, 'the thread of measured values died; it is started again')
    this.#cancelStart = clock.after(this.#pauseMs, () => void this.#begin().catch(() => undefined))
  }
}

function gone(): DomainError {
  return new DomainError('unavailable', 'measured values cannot be kept or read just now; try again in a moment')
}
