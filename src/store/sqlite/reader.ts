/** Heavy reads without a hold-up: queries go to a thread of their own, which is replaced when one takes too long. */

import { Worker } from 'node:worker_threads'
import { DomainError } from '../../base/errors.ts'
import { siblingModule } from '../../base/module.ts'
import type { FieldValue } from '../../job/field.ts'
import type { QueryResult } from '../store.ts'
import type { Statement } from './query.ts'
import type { ReadAnswer, ReadRequest } from './reader-message.ts'

/** A reader that is not asked for its next batch in this time loses its snapshot, which would hold the log's space. */
const IDLE_LIMIT_MS = 60_000

type Batch = Extract<ReadAnswer, { rows: unknown }>
interface Waiter {
  resolve: (answer: Batch) => void
  reject: (error: unknown) => void
  timer: NodeJS.Timeout
}

export class Reader {
  readonly #file: string
  readonly #limitMs: number
  readonly #waiters = new Map<number, Waiter>()
  #worker: Worker | undefined
  #nextId = 1

  constructor(file: string, limitMs: number) {
    this.#file = file
    this.#limitMs = limitMs
  }

  /** Rows in batches; their number is known in advance only when it is asked for, because it costs another look at them. */
  async query({ text, values }: Statement, { counted = false } = {}): Promise<QueryResult> {
    const id = this.#nextId++
    const first = await this.#ask({ kind: 'open', id, text, values, counted })
    const { count = first.rows.length } = first
    if (first.done) return { count, batches: only(first.rows) }
    const worker = this.#worker
    // From here on, so that also a cursor that nobody ever reads from is given back.
    const lease = new Lease(() => worker?.postMessage({ kind: 'close', id } satisfies ReadRequest))
    return { count, batches: this.#batches(id, first, lease) }
  }

  /** All rows of a statement that gives few. */
  async rows({ text, values }: Statement): Promise<FieldValue[][]> {
    const { rows } = await this.#ask({ kind: 'rows', id: this.#nextId++, text, values })
    return rows
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#failAll('the server is stopping')
    await worker?.terminate()
  }

  async *#batches(id: number, first: Batch, lease: Lease): AsyncGenerator<FieldValue[][]> {
    const worker = this.#worker
    try {
      for (let batch = first; ; batch = await this.#ask({ kind: 'next', id })) {
        lease.renew()
        if (batch.rows.length > 0) yield batch.rows
        if (batch.done) return
        if (lease.over || this.#worker !== worker) throw tooSlow('its reader took too long to take the rows')
      }
    } finally {
      lease.end()
    }
  }

  #ask(request: ReadRequest): Promise<Batch> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#replaceWorker(), this.#limitMs)
      this.#waiters.set(request.id, { resolve, reject, timer })
      this.#thread().postMessage(request)
    })
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(siblingModule(import.meta.url, 'reader-thread'), { workerData: this.#file })
    worker.on('message', (answer: ReadAnswer) => this.#receive(answer))
    worker.on('error', (error) => this.#drop(worker, error.message))
    worker.on('exit', () => this.#drop(worker, 'the reading thread ended'))
    worker.unref()
    this.#worker = worker
    return worker
  }

  #receive(answer: ReadAnswer): void {
    const waiter = this.#waiters.get(answer.id)
    if (!waiter) return
    this.#waiters.delete(answer.id)
    clearTimeout(waiter.timer)
    if ('error' in answer) waiter.reject(new DomainError('unavailable', `the query failed: ${answer.error}`))
    else waiter.resolve(answer)
  }

  /** A query cannot be interrupted in SQLite from here; its thread can. */
  #replaceWorker(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    this.#failAll(`it took longer than ${this.#limitMs / 1000} s; narrow it with where or limit`)
  }

  #drop(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#failAll(reason)
  }

  #failAll(reason: string): void {
    for (const { reject, timer } of this.#waiters.values()) {
      clearTimeout(timer)
      reject(tooSlow(reason))
    }
    this.#waiters.clear()
  }
}

async function* only(rows: FieldValue[][]): AsyncGenerator<FieldValue[][]> {
  if (rows.length > 0) yield rows
}

function tooSlow(reason: string): DomainError {
  return new DomainError('unavailable', `the query was given up: ${reason}`)
}

/** The right to a cursor on the thread, lost when it is not used for a while. */
class Lease {
  readonly #release: () => void
  #timer: NodeJS.Timeout | undefined
  over = false

  constructor(release: () => void) {
    this.#release = release
    this.renew()
  }

  renew(): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.end(), IDLE_LIMIT_MS)
    this.#timer.unref()
  }

  end(): void {
    if (this.over) return
    this.over = true
    clearTimeout(this.#timer)
    this.#release()
  }
}
