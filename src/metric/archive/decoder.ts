/** Reads data.json off the event loop, on a thread that starts with the first one and is replaced when it hangs. */

import { Worker } from 'node:worker_threads'
import { DomainError } from '../../base/errors.ts'
import { siblingModule } from '../../base/module.ts'
import type { JobMetric } from '../metric.ts'
import type { Wanted } from './curve-reader.ts'
import type { DecodeAnswer, DecodeRequest, DecoderSettings } from './decoder-message.ts'

const LIMIT_MS = 60_000

interface Waiter {
  resolve: (answer: DecodeAnswer) => void
  reject: (error: unknown) => void
  timer: NodeJS.Timeout
}

export class Decoder {
  readonly #settings: DecoderSettings
  readonly #waiters = new Map<number, Waiter>()
  #worker: Worker | undefined
  #nextId = 1

  constructor(settings: DecoderSettings) {
    this.#settings = settings
  }

  /** `load` gives the file's content when the thread does not have it any more. @throws unavailable naming `file`; what `load` throws */
  async read(file: string, wanted: Wanted, load: () => Promise<Uint8Array<ArrayBuffer>>): Promise<JobMetric[]> {
    const kept = await this.#ask({ kind: 'read', id: this.#nextId++, key: file, wanted })
    const answer = kept.kind === 'absent' ? await this.#readContent(file, wanted, await load()) : kept
    if (answer.kind === 'curves') return answer.curves
    const reason = answer.kind === 'failure' ? answer.reason : 'it is gone'
    throw new DomainError('unavailable', `${file} cannot be read: ${reason}`)
  }

  /** The file is another one from now on. */
  forget(file: string): void {
    this.#worker?.postMessage({ kind: 'forget', key: file } satisfies DecodeRequest)
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#failAll('the server is stopping')
    await worker?.terminate()
  }

  #readContent(file: string, wanted: Wanted, content: Uint8Array<ArrayBuffer>): Promise<DecodeAnswer> {
    return this.#ask({ kind: 'read', id: this.#nextId++, key: file, wanted, content }, [content.buffer])
  }

  #ask(request: Extract<DecodeRequest, { id: number }>, transfer: ArrayBuffer[] = []): Promise<DecodeAnswer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#replaceWorker(), LIMIT_MS)
      timer.unref()
      this.#waiters.set(request.id, { resolve, reject, timer })
      const thread = this.#thread()
      thread.ref()
      thread.postMessage(request, transfer)
    })
  }

  #thread(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(siblingModule(import.meta.url, 'decoder-thread'), { workerData: this.#settings })
    worker.on('message', (answer: DecodeAnswer) => this.#receive(answer))
    worker.on('error', (error) => this.#drop(worker, error.message))
    worker.on('exit', () => this.#drop(worker, 'the reading thread ended'))
    this.#worker = worker
    return worker
  }

  #receive(answer: DecodeAnswer): void {
    const waiter = this.#waiters.get(answer.id)
    this.#waiters.delete(answer.id)
    clearTimeout(waiter?.timer)
    // An idle thread keeps no program alive.
    if (this.#waiters.size === 0) this.#worker?.unref()
    waiter?.resolve(answer)
  }

  #replaceWorker(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    this.#failAll(`it took longer than ${LIMIT_MS / 1000} s`)
  }

  #drop(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#failAll(reason)
  }

  #failAll(reason: string): void {
    for (const { reject, timer } of this.#waiters.values()) {
      clearTimeout(timer)
      reject(new DomainError('unavailable', `reading curves from the archive was given up: ${reason}`))
    }
    this.#waiters.clear()
  }
}
