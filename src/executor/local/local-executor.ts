/** This machine as an executor: the client of its tasker. */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { siblingModule } from '../../base/module.ts'
import type { Attempt, Executor, ExecutorEvent, ExecutorSamples, Host, SignalOrder, StartOrder } from '../executor.ts'
import { Connection } from '../resident/connection.ts'
import { ResidentProcess } from '../resident/resident-process.ts'
import { PendingSignals } from '../resident/signals.ts'
import {
  type FromTasker,
  MAX_ORDER_LENGTH,
  MAX_UNSENT_BYTES,
  PROTOCOL_VERSION,
  SOCKET_NAME,
  TASKER_FOLDER,
  type ToTasker,
} from '../tasker-protocol.ts'
import { type HostOptions, watchHost } from './host.ts'

export interface LocalExecutorOptions extends HostOptions {
  dataDir: string
  clock: Clock
  log: Logger
}

export function createLocalExecutor(options: LocalExecutorOptions): Executor {
  return new LocalExecutor(options)
}

const TASKER = siblingModule(import.meta.url, '../../tasker/main')
const OPEN_TIMEOUT_MS = 60_000
/** Nobody listens at the socket. */
const ABSENT = ['ENOENT', 'ECONNREFUSED']

class LocalExecutor implements Executor {
  readonly name = 'local'
  readonly #clock: Clock
  readonly #log: Logger
  readonly #dir: string
  readonly #tasker: ResidentProcess
  readonly #connection: Connection<ToTasker, FromTasker>
  readonly #host: (up: boolean) => Host
  readonly #signals: PendingSignals
  #opened: () => void = () => {}
  /** Why there is no connection. */
  #problem = ''
  #listener: (events: readonly ExecutorEvent[]) => void = () => {}
  #watcher: (samples: ExecutorSamples) => void = () => {}

  constructor({ dataDir, clock, log, ...hostOptions }: LocalExecutorOptions) {
    this.#clock = clock
    this.#signals = new PendingSignals(clock)
    this.#dir = join(dataDir, TASKER_FOLDER)
    this.#host = watchHost(hostOptions, clock)
    this.#log = log
    this.#tasker = new ResidentProcess({
      ...{ name: 'tasker', dir: this.#dir, main: TASKER, variables: ['YARDMASTER_FORKER'], log },
    })
    this.#connection = new Connection<ToTasker, FromTasker>({
      ...{ peer: 'tasker', dir: this.#dir, socketName: SOCKET_NAME, maxUnsentBytes: MAX_UNSENT_BYTES },
      hello: { kind: 'hello', version: PROTOCOL_VERSION },
      retire: { kind: 'retire' },
      failed: (error) => this.#summon(error),
      welcomed: ({ inventory, ends }) => {
        this.#opened()
        this.#listener([{ kind: 'connected', inventory }, ...ends])
      },
      received: (message) => this.#receive(message),
      lost: (reason) => this.#lose(reason),
    })
  }

  async open(): Promise<void> {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
    await new Promise<void>((resolve, reject) => {
      const cancel = this.#clock.after(OPEN_TIMEOUT_MS, () => {
        void this.#connection.close().finally(() => reject(this.#noAnswer()))
      })
      this.#opened = () => resolve(cancel())
      this.#connection.open()
    })
  }

  async close(): Promise<void> {
    this.#signals.failAll(new DomainError('unavailable', 'the server lets go of its tasker'))
    await this.#connection.close()
  }

  async retire(): Promise<void> {
    this.#connection.send({ kind: 'retire' })
    await this.close()
  }

  host(): Host {
    return this.#host(this.#connection.isUp)
  }

  connected(): boolean {
    return this.#connection.isUp
  }

  start(orders: readonly StartOrder[]): void {
    for (const order of orders) {
      if (lengthOf(order) > MAX_ORDER_LENGTH) this.#refuse(order)
      else this.#connection.send({ kind: 'start', order })
    }
  }

  signal(order: SignalOrder): Promise<void> {
    if (!this.#connection.isUp) {
      const problem = 'the tasker that runs the job does not answer at the moment; try again in a few seconds'
      return Promise.reject(new DomainError('unavailable', problem))
    }
    return this.#signals.order(
      (ticket) => this.#connection.send({ kind: 'signal', ticket, order }),
      () => new DomainError('unavailable', 'the tasker does not answer; try again later'),
    )
  }

  stored(attempts: readonly Attempt[]): void {
    const pairs = attempts.map(({ jobId, attempt }) => ({ jobId, attempt }))
    if (pairs.length > 0) this.#connection.send({ kind: 'stored', attempts: pairs })
  }

  listen(listener: (events: readonly ExecutorEvent[]) => void): void {
    this.#listener = listener
  }

  watch(listener: (samples: ExecutorSamples) => void): void {
    this.#watcher = listener
  }

  #refuse({ jobId, attempt }: StartOrder): void {
    const reason = `command and environment have more than ${MAX_ORDER_LENGTH} characters, more than a process can get`
    queueMicrotask(() => this.#listener([{ kind: 'refused', jobId, attempt, reason, retry: false }]))
  }

  #receive(message: FromTasker): void {
    if (message.kind === 'events' && message.events.length > 0) this.#listener(message.events)
    if (message.kind === 'samples') this.#watcher(message.samples)
    if (message.kind === 'signalled' || message.kind === 'notSignalled') this.#signals.answered(message)
  }

  /** Starts a tasker where there is none; one that answers wrongly is waited for. */
  #summon(error: Error): void {
    const isNew = this.#problem !== error.message
    this.#problem = error.message
    if (ABSENT.includes(systemCodeOf(error) ?? '')) this.#tasker.start()
    else if (isNew) this.#log.warn({ reason: error.message }, 'the tasker cannot be used')
  }

  #lose(reason: string): void {
    const problem = 'the tasker that runs the job went away; try again in a few seconds'
    this.#signals.failAll(new DomainError('unavailable', problem))
    this.#listener([{ kind: 'disconnected', reason }])
  }

  #noAnswer(): DomainError {
    const problem = `the tasker cannot be reached (${this.#problem}); ${this.#dir}/tasker.log may say why`
    return new DomainError('unavailable', problem)
  }
}

function lengthOf({ argv, env, rundir, logfile }: StartOrder): number {
  const texts = [...argv, ...Object.keys(env), ...Object.values(env), rundir, logfile ?? '']
  return texts.reduce((sum, text) => sum + text.length, 0)
}
