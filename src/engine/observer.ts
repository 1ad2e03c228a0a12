/**
 * What executors report, brought into the record. An exit is acknowledged only when it is stored; what cannot be stored
 * now is tried again until it can. After every (re)connection the record and the executor's inventory are compared.
 */

import type { Clock } from '../base/clock.ts'
import { DomainError, isDomainError, messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Attempt, Executor, ExecutorEvent, Inventory } from '../executor/executor.ts'
import type { JobEvent } from '../job/event.ts'
import type { Job } from '../job/job.ts'
import type { SettingStore } from '../store/store.ts'
import { apply, type Door } from './apply.ts'
import type { Executors } from './executors.ts'
import { giveOrders, type OrderParts, orderOf } from './order.ts'
import { returnToQueue } from './requeue.ts'

export interface ObserverParts {
  door: Door
  /** Whom it listens to, one of the executors. */
  executor: Executor
  executors: Executors
  /** Where the executor's epoch is remembered. */
  epochSetting: string
  orders: OrderParts
  settings: SettingStore
  clock: Clock
  log: Logger
  /** The inventory agrees with the record: jobs may start. */
  onReady: () => void
  onLost: () => void
  /** Something that jobs held is free. */
  onFreed: () => void
}

type AttemptEvent = Extract<ExecutorEvent, Attempt>

const RETRY_MS = 1000

export class Observer {
  readonly #parts: ObserverParts
  readonly #handling = new Set<Promise<void>>()
  #stopped = false

  constructor(parts: ObserverParts) {
    this.#parts = parts
    parts.executor.listen((events) => this.#track(this.#receive(events)))
  }

  /** Settles when what has arrived is handled; later events are left to the executor, which repeats them. */
  async stop(): Promise<void> {
    this.#stopped = true
    await Promise.all(this.#handling)
  }

  #track(handling: Promise<void>): void {
    const guarded = handling
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'an executor event could not be handled'))
      .finally(() => this.#handling.delete(guarded))
    this.#handling.add(guarded)
  }

  async #receive(events: readonly ExecutorEvent[]): Promise<void> {
    if (this.#stopped) return
    for (const event of events) if (event.kind === 'disconnected') this.#parts.onLost()
    const connected = events.find((event) => event.kind === 'connected')
    const attempts = events.filter((event): event is AttemptEvent => 'jobId' in event)
    const recorded = attempts.map((event) => this.#record(event))
    if (this.#release(attempts)) this.#parts.onFreed()
    await Promise.all(recorded)
    if (connected) await this.#agree(connected.inventory)
  }

  /** What ended holds nothing from now on; whether there was anything. */
  #release(events: readonly AttemptEvent[]): boolean {
    const { board } = this.#parts.door
    const over = events.filter(({ kind }) => kind === 'exited' || kind === 'lost')
    const ours = over.filter(({ jobId, attempt }) => board.activeJob(jobId)?.attempt === attempt)
    for (const { jobId } of ours) board.release(jobId)
    return ours.length > 0
  }

  async #record(event: AttemptEvent): Promise<void> {
    try {
      await this.#enter(event)
    } catch (error) {
      if (!isDomainError(error, 'unavailable')) throw error
      this.#parts.log.warn({ jobId: event.jobId, reason: messageOf(error) }, 'an event waits to be stored')
      this.#parts.clock.after(RETRY_MS, () => this.#track(this.#receive([event])))
      return
    }
    if (event.kind === 'exited' || event.kind === 'lost') this.#parts.executor.stored([event])
  }

  async #enter(event: AttemptEvent): Promise<void> {
    if (event.kind === 'started') return
    try {
      if (event.kind === 'refused') await this.#refuse(event)
      else await apply(this.#parts.door, event.jobId, (job) => this.#jobEvent(job, event))
    } catch (error) {
      // A repeated event meets a job that has moved on, or is forgotten: there is nothing left to store.
      if (isDomainError(error, 'conflict') || isDomainError(error, 'not_found')) return
      throw error
    }
  }

  #jobEvent(job: Job, event: Exclude<AttemptEvent, { kind: 'started' | 'refused' }>): JobEvent {
    fence(job, event)
    switch (event.kind) {
      case 'suspended':
        return { kind: 'suspend', at: event.at }
      case 'resumed':
        return { kind: 'resume', at: event.at }
      case 'exited':
        return { kind: 'exit', facts: event.facts }
      case 'lost':
        return { kind: 'lose', at: event.at, reason: event.reason }
    }
  }

  async #refuse(event: Extract<AttemptEvent, { kind: 'refused' }>): Promise<void> {
    const { door, clock } = this.#parts
    if (event.retry) {
      await returnToQueue(door, event.jobId, event.reason)
      return
    }
    const { reason } = event
    const facts = {
      at: clock.now(),
      exitCode: null,
      signal: null,
      cpuMs: 0,
      maxRamMb: 0,
      cause: 'start',
      reason,
    } as const
    await apply(door, event.jobId, (job) => {
      fence(job, event)
      return { kind: 'exit', facts }
    })
  }

  /** Compares until it could be stored; nothing starts before. */
  async #agree(inventory: Inventory): Promise<void> {
    const { clock, log } = this.#parts
    try {
      await this.#reconcile(inventory)
    } catch (error) {
      log.warn({ reason: messageOf(error) }, 'the record and the executor could not be compared')
      clock.after(RETRY_MS, () => this.#track(this.#receive([{ kind: 'connected', inventory }])))
    }
  }

  async #reconcile(inventory: Inventory): Promise<void> {
    const { door, settings, executor, executors, epochSetting } = this.#parts
    const known = await settings.get(epochSetting)
    const forgot = known !== undefined && known !== inventory.epoch
    const running = new Map(inventory.running.map((attempt) => [attempt.jobId, attempt]))
    const owned = [...door.board.active()].filter((job) => executors.ownerOf(job) === executor)
    for (const job of owned) {
      const attempt = running.get(job.id)
      if (attempt?.attempt === job.attempt) await this.#adopt(job, attempt.suspended)
      else if (forgot) await this.#lose(job)
      else if (job.state === 'running')
        giveOrders(executors, door.board, [await orderOf(job, this.#parts.orders, executor.host().capacity)])
    }
    if (known !== inventory.epoch) await settings.put(epochSetting, inventory.epoch)
    this.#parts.log.info({ executor: executor.name, running: running.size }, 'the executor is connected')
    this.#parts.onReady()
  }

  async #adopt(job: Job, suspended: boolean): Promise<void> {
    const { door, clock } = this.#parts
    const at = clock.now()
    if (suspended && job.state === 'running') await apply(door, job.id, { kind: 'suspend', at })
    if (!suspended && job.state === 'suspended') await apply(door, job.id, { kind: 'resume', at })
  }

  /** The executor has lost its memory: what it does not run it may have run before, so it is never told again. */
  async #lose(job: Job): Promise<void> {
    const reason = 'the tasker lost its journal; nobody knows how this run ended'
    await apply(this.#parts.door, job.id, { kind: 'lose', at: this.#parts.clock.now(), reason })
  }
}

/** An event of an earlier attempt changes nothing. @throws conflict */
function fence(job: Job, event: Attempt): void {
  if (job.attempt === event.attempt) return
  throw new DomainError('conflict', `job ${job.id} is at attempt ${job.attempt}, not ${event.attempt}`)
}
