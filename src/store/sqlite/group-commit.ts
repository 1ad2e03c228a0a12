/**
 * Writes that are asked for while another group is being stored, or in the same turn of the event loop, share one
 * transaction and one fsync on the writing thread; each asker hears after the commit.
 *
 * A write is one statement: when it is refused (a taken logfile) only its asker hears of it. When the commit itself fails,
 * nobody's write has happened and everybody hears `unavailable`.
 */

import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DomainError } from '../../base/errors.ts'
import { siblingModule } from '../../base/module.ts'
import type { BoundValue } from '../rows.ts'
import type { Outcome, WriteAnswer, WriteRequest, Written } from './writer-message.ts'

interface Pending {
  text: string
  values: BoundValue[]
  resolve(written: Written): void
  reject(error: unknown): void
}

/** The database's own guard (unique index, check) refused a statement. */
export class Refused extends Error {}

export class GroupCommit {
  readonly #file: string
  #pending: Pending[] = []
  #storing: Pending[] = []
  #scheduled = false
  #worker: Worker | undefined
  /** By text, what the present thread has been told. */
  #numbers = new Map<string, number>()

  constructor(file: string) {
    this.#file = file
  }

  /** @throws Refused, and unavailable when the commit fails */
  write(text: string, values: BoundValue[]): Promise<Written> {
    return new Promise((resolve, reject) => {
      this.#pending.push({ text, values, resolve, reject })
      this.#schedule()
    })
  }

  /** Settles when everything that was asked for is stored or refused, and lets go of the database. */
  async close(): Promise<void> {
    while (this.#pending.length + this.#storing.length > 0) await new Promise((next) => setImmediate(next))
    const worker = this.#worker
    if (!worker) return
    this.#worker = undefined
    const gone = once(worker, 'exit')
    worker.ref()
    worker.postMessage({ kind: 'close' } satisfies WriteRequest)
    await gone
  }

  #schedule(): void {
    if (this.#scheduled || this.#storing.length > 0) return
    this.#scheduled = true
    setImmediate(() => this.#send())
  }

  #send(): void {
    this.#scheduled = false
    this.#storing = this.#pending
    this.#pending = []
    const worker = this.#thread()
    const introduced: [number, string][] = []
    const group = this.#storing.map(({ text, values }) => ({ statement: this.#numberOf(text, introduced), values }))
    worker.ref()
    worker.postMessage({ kind: 'commit', introduced, group } satisfies WriteRequest)
  }

  /** A statement's text goes to the thread once; after that its number stands for it. */
  #numberOf(text: string, introduced: [number, string][]): number {
    const known = this.#numbers.get(text)
    if (known !== undefined) return known
    const number = this.#numbers.size
    this.#numbers.set(text, number)
    introduced.push([number, text])
    return number
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(siblingModule(import.meta.url, 'writer-thread'), { workerData: this.#file })
    worker.on('message', (answer: WriteAnswer) => this.#settle(answer))
    worker.on('error', (error) => this.#lose(worker, error.message))
    worker.on('exit', () => this.#lose(worker, 'the writing thread ended'))
    this.#worker = worker
    this.#numbers = new Map()
    return worker
  }

  #settle(answer: WriteAnswer): void {
    const group = this.#storing
    this.#storing = []
    this.#worker?.unref()
    if (this.#pending.length > 0) this.#schedule()
    if ('failed' in answer) refuseAll(group, answer.failed)
    else for (const [index, pending] of group.entries()) tell(pending, answer.outcomes[index]!)
  }

  /** The next write starts another thread; what this one was storing may or may not be stored. */
  #lose(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#settle({ failed: reason })
  }
}

function tell({ resolve, reject }: Pending, outcome: Outcome): void {
  if (typeof outcome === 'number') resolve({ changes: outcome, rows: [] })
  else if ('refused' in outcome) reject(new Refused(outcome.refused))
  else resolve({ changes: outcome.rows.length, rows: outcome.rows })
}

function refuseAll(group: readonly Pending[], cause: string): void {
  const reason = `nothing was stored: ${cause}; try again when the server's disk can be written`
  for (const { reject } of group) reject(new DomainError('unavailable', reason))
}
