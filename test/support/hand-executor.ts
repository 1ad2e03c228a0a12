/** An executor that a test steps by hand: it notes what it was told, and says what the test wants said. */

import { DomainError } from '../../src/base/errors.ts'
import type {
  Attempt,
  Executor,
  ExecutorEvent,
  ExecutorSamples,
  Host,
  SignalOrder,
  StartOrder,
} from '../../src/executor/executor.ts'
import type { ExitFacts } from '../../src/job/event.ts'

interface HandExecutorOptions {
  slots?: number
  ramMb?: number
  lanes?: Readonly<Record<string, number>>
}

export class HandExecutor implements Executor {
  readonly name = 'hand'
  readonly orders: StartOrder[] = []
  readonly signals: SignalOrder[] = []
  readonly acknowledged: Attempt[] = []
  epoch = 'epoch-1'
  isConnected = false
  slots: number
  ramMb: number
  /** What it offers instead of a host: lanes. */
  lanes: Readonly<Record<string, number>> | undefined
  #listener: (events: readonly ExecutorEvent[]) => void = () => {}
  #watcher: (samples: ExecutorSamples) => void = () => {}
  #ahead: StartOrder[] = []
  #running = new Map<number, Attempt & { suspended: boolean }>()
  #waiting: { count: number; resolve: () => void }[] = []

  constructor({ slots = 2, ramMb = 4000, lanes }: HandExecutorOptions = {}) {
    this.slots = slots
    this.ramMb = ramMb
    this.lanes = lanes
  }

  async open(): Promise<void> {
    this.connect()
  }

  async close(): Promise<void> {
    this.isConnected = false
  }

  retire(): Promise<void> {
    return this.close()
  }

  connected(): boolean {
    return this.isConnected
  }

  host(): Host {
    const { slots, ramMb, lanes } = this
    return {
      name: 'node01',
      up: true,
      capacity: lanes ?? { SLOTS: slots, CORES: slots, RAM: ramMb, PERCENT: 100 },
      attributes: { OSCLASS: 'unix', ARCH: 'linux64', NAME: 'node01', HOST: 'node01' },
      loadAverage: [0.1, 0.2, 0.3],
      freeRamMb: ramMb,
      bootedAt: 0,
    }
  }

  listen(listener: (events: readonly ExecutorEvent[]) => void): void {
    this.#listener = listener
  }

  watch(listener: (samples: ExecutorSamples) => void): void {
    this.#watcher = listener
  }

  start(orders: readonly StartOrder[]): void {
    for (const order of orders) {
      this.orders.push(order)
      this.#ahead.push(order)
    }
    this.#admit()
    this.#waiting = this.#waiting.filter(({ count, resolve }) => {
      if (this.orders.length < count) return true
      resolve()
      return false
    })
  }

  /** Starts those that have come, in turn, as far as there is a place for them. */
  #admit(): void {
    while (this.#ahead.length > 0 && this.#running.size < (this.#ahead[0]!.place?.atMost ?? Number.POSITIVE_INFINITY)) {
      const { jobId, attempt } = this.#ahead.shift()!
      this.#running.set(jobId, { jobId, attempt, suspended: false })
    }
  }

  async signal(order: SignalOrder): Promise<void> {
    if (!this.isConnected) throw new DomainError('unavailable', 'the tasker is not connected')
    if (!this.#running.has(order.jobId)) throw new DomainError('not_found', `job ${order.jobId} does not run`)
    this.signals.push(order)
  }

  stored(attempts: readonly Attempt[]): void {
    this.acknowledged.push(...attempts.map(({ jobId, attempt }) => ({ jobId, attempt })))
  }

  /** Settles when `count` orders have been given in all. */
  ordered(count: number): Promise<void> {
    if (this.orders.length >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  say(...events: ExecutorEvent[]): void {
    this.#listener(events)
  }

  /** One look; what is left out was not looked at. */
  sample(samples: Partial<ExecutorSamples> & { at: number }): void {
    this.#watcher({ host: null, runs: [], ...samples })
  }

  connect(): void {
    this.isConnected = true
    this.say({ kind: 'connected', inventory: { epoch: this.epoch, running: this.#known() } })
  }

  /** What it runs, and what waits for a place. */
  #known(): (Attempt & { suspended: boolean })[] {
    const ahead = this.#ahead.map(({ jobId, attempt }) => ({ jobId, attempt, suspended: false }))
    return [...this.#running.values(), ...ahead]
  }

  disconnect(): void {
    this.isConnected = false
    this.say({ kind: 'disconnected', reason: 'by hand' })
  }

  /** The process of a job ends. */
  end(jobId: number, facts: Partial<ExitFacts> = {}): void {
    const attempt = this.attemptOf(jobId)
    this.forget(jobId)
    const exit = { at: 1, exitCode: facts.signal ? null : 0, signal: null, cpuMs: 5, maxRamMb: 7, ...facts }
    this.say({ kind: 'exited', facts: exit, jobId, attempt })
  }

  /** It never got the order, or has ended without telling. */
  forget(jobId: number): void {
    this.#running.delete(jobId)
    this.#admit()
  }

  runs(jobId: number): boolean {
    return this.#running.has(jobId)
  }

  runningIds(): number[] {
    return [...this.#running.keys()]
  }

  runningCount(): number {
    return this.#running.size
  }

  /** An order that waits for a place has waited long enough. */
  turnAway(jobId: number): void {
    const attempt = this.attemptOf(jobId)
    this.#ahead = this.#ahead.filter((order) => order.jobId !== jobId)
    this.say({ kind: 'refused', jobId, attempt, reason: 'no place came free in time', retry: true })
  }

  attemptOf(jobId: number): number {
    return this.orders.findLast((order) => order.jobId === jobId)?.attempt ?? 0
  }
}
