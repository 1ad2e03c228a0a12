/** A thread that is asked and answers; it starts with the first question, and is replaced when an answer takes too long. */

import { type Transferable, Worker } from 'node:worker_threads'

export interface AskedThreadOptions {
  /** What runs there: it is sent questions, and sends answers with the id of their question. */
  module: URL
  data: unknown
  /** How long an answer may take. */
  limitMs: number
  /** What to do where it takes longer. */
  advice?: string
  /** The error of every question that gets no answer. */
  gaveUp(reason: string): Error
}

interface Waiter<Answer> {
  resolve: (answer: Answer) => void
  reject: (error: unknown) => void
  timer: NodeJS.Timeout
}

export class AskedThread<Question extends { id: number }, Answer extends { id: number }> {
  readonly #options: AskedThreadOptions
  readonly #waiters = new Map<number, Waiter<Answer>>()
  #worker: Worker | undefined

  constructor(options: AskedThreadOptions) {
    this.#options = options
  }

  /** The thread that runs now, to tell it things that need no answer; another one may know nothing of what they are about. */
  get worker(): Worker | undefined {
    return this.#worker
  }

  /** @throws the error of `gaveUp` */
  ask(question: Question, transfer: Transferable[] = []): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#replace(), this.#options.limitMs)
      timer.unref()
      this.#waiters.set(question.id, { resolve, reject, timer })
      const worker = this.#running()
      worker.ref()
      worker.postMessage(question, transfer)
    })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#failAll('the server is stopping')
    await worker?.terminate()
  }

  #running(): Worker {
    if (this.#worker) return this.#worker
    const worker = new Worker(this.#options.module, { workerData: this.#options.data })
    worker.on('message', (answer: Answer) => this.#receive(answer))
    worker.on('error', (error) => this.#drop(worker, error.message))
    worker.on('exit', () => this.#drop(worker, 'the reading thread ended'))
    this.#worker = worker
    return worker
  }

  #receive(answer: Answer): void {
    const waiter = this.#waiters.get(answer.id)
    this.#waiters.delete(answer.id)
    clearTimeout(waiter?.timer)
    // An idle thread keeps no program alive.
    if (this.#waiters.size === 0) this.#worker?.unref()
    waiter?.resolve(answer)
  }

  /** What it is at cannot be interrupted from here; the thread can. */
  #replace(): void {
    const worker = this.#worker
    this.#worker = undefined
    void worker?.terminate()
    const { limitMs, advice } = this.#options
    this.#failAll(`it took longer than ${limitMs / 1000} s${advice === undefined ? '' : `; ${advice}`}`)
  }

  #drop(worker: Worker, reason: string): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#failAll(reason)
  }

  #failAll(reason: string): void {
    for (const { reject, timer } of this.#waiters.values()) {
      clearTimeout(timer)
      reject(this.#options.gaveUp(reason))
    }
    this.#waiters.clear()
  }
}
