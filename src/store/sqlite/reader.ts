/** Heavy reads without a hold-up: queries go to a thread of their own, which is replaced when one takes too long. */

import { AskedThread } from '../../base/asked-thread.ts'
import { DomainError } from '../../base/errors.ts'
import { siblingModule } from '../../base/module.ts'
import type { FieldValue } from '../../job/field.ts'
import type { QueryResult } from '../store.ts'
import type { Statement } from './query.ts'
import type { ReadAnswer, ReadRequest } from './reader-message.ts'

/** A reader that is not asked for its next batch in this time loses its snapshot, which would hold the log's space. */
const IDLE_LIMIT_MS = 60_000

type Batch = Extract<ReadAnswer, { rows: unknown }>

export class Reader {
  readonly #thread: AskedThread<ReadRequest, ReadAnswer>
  #nextId = 1

  constructor(file: string, limitMs: number) {
    this.#thread = new AskedThread({
      module: siblingModule(import.meta.url, 'reader-thread'),
      data: file,
      limitMs,
      advice: 'narrow it with where or limit',
      gaveUp,
    })
  }

  /** Rows in batches; their number is known in advance only when it is asked for, because it costs another look at them. */
  async query({ text, values }: Statement, { counted = false } = {}): Promise<QueryResult> {
    const id = this.#nextId++
    const first = await this.#ask({ kind: 'open', id, text, values, counted })
    const { count = first.rows.length } = first
    if (first.done) return { count, batches: only(first.rows) }
    const { worker } = this.#thread
    // From here on, so that also a cursor that nobody ever reads from is given back.
    const lease = new Lease(() => worker?.postMessage({ kind: 'close', id } satisfies ReadRequest))
    return { count, batches: this.#batches(id, first, lease) }
  }

  /** All rows of a statement that gives few. */
  async rows({ text, values }: Statement): Promise<FieldValue[][]> {
    const { rows } = await this.#ask({ kind: 'rows', id: this.#nextId++, text, values })
    return rows
  }

  close(): Promise<void> {
    return this.#thread.close()
  }

  async *#batches(id: number, first: Batch, lease: Lease): AsyncGenerator<FieldValue[][]> {
    const { worker } = this.#thread
    try {
      for (let batch = first; ; batch = await this.#ask({ kind: 'next', id })) {
        lease.renew()
        if (batch.rows.length > 0) yield batch.rows
        if (batch.done) return
        if (lease.over || this.#thread.worker !== worker) throw gaveUp('its reader took too long to take the rows')
      }
    } finally {
      lease.end()
    }
  }

  async #ask(request: ReadRequest): Promise<Batch> {
    const answer = await this.#thread.ask(request)
    if ('error' in answer) throw new DomainError('unavailable', `the query failed: ${answer.error}`)
    return answer
  }
}

async function* only(rows: FieldValue[][]): AsyncGenerator<FieldValue[][]> {
  if (rows.length > 0) yield rows
}

function gaveUp(reason: string): DomainError {
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
