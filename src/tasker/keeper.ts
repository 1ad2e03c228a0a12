/** Keeps the attempts: starts each at most once, follows it to its end, and keeps the end until it is stored. */

import type { Clock } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { Attempt, ExecutorEvent, Inventory, SignalOrder, StartOrder } from '../executor/executor.ts'
import { identify } from '../executor/resident/process/process-identity.ts'
import { describeEnd, endBeforeStart } from './end.ts'
import { type ForkEvent, type Forker, type ForkOrder, MAX_SLOTS } from './fork/forker.ts'
import type { Journal } from './journal.ts'
import { type EndEvent, keyOf } from './journal-entry.ts'
import { findFlaw, forkOrderOf } from './order.ts'
import { ProcessWatch } from './process/process-watch.ts'
import { newRunning, type Running } from './running.ts'
import { Sampler, type SamplerParts } from './sampler.ts'
import { type ControlParts, checkRamLimit, obey, watchTimeLimit } from './signal/control.ts'
import { Sweeper } from './signal/sweeper.ts'
import { WaitingRoom } from './waiting-room.ts'

export interface KeeperParts {
  clock: Clock
  journal: Journal
  forker: Forker
  /** Everything that one turn of the event loop has to tell, after it is in the journal. */
  tell(events: readonly ExecutorEvent[]): void
  /** What the running attempts use, from look to look. */
  sampled: SamplerParts['tell']
}

const REPORT_TOGETHER_MS = 8

export class Keeper {
  readonly #parts: KeeperParts
  readonly #control: ControlParts
  readonly #sampler: Sampler
  readonly #sweeper: Sweeper
  readonly #running = new Map<string, Running>()
  readonly #waiting: WaitingRoom
  readonly #bySlot: (Running | undefined)[] = []
  readonly #freeSlots: number[] = []
  #orders: ForkOrder[] = []
  #events: ExecutorEvent[] = []
  #isFlushDue = false
  #cancelReport: (() => void) | undefined

  constructor(parts: KeeperParts) {
    const { clock, journal, forker } = parts
    this.#parts = parts
    this.#waiting = new WaitingRoom(clock)
    const running = () => this.#running.values()
    const watch = new ProcessWatch({ clock, epoch: journal.epoch, forkerPid: forker.pid, running })
    this.#control = { clock, forker, watch, tell: (event) => this.#tell(event) }
    const sampled = (attempt: Running) => checkRamLimit(this.#control, attempt)
    this.#sampler = new Sampler({ clock, watch, running: () => this.#running, sampled, tell: parts.sampled })
    this.#sweeper = new Sweeper({ clock, watch })
    forker.listen((events) => {
      for (const event of events) this.#take(event)
    })
  }

  /** True when nothing runs and every end is stored. */
  get isQuiet(): boolean {
    return this.runningCount === 0 && this.#parts.journal.size === 0
  }

  /** Those that wait for a place included. */
  get runningCount(): number {
    return this.#running.size + this.#waiting.size
  }

  inventory(): Inventory {
    const running = [...this.#running.values()].map(({ jobId, attempt, suspended }) => ({ jobId, attempt, suspended }))
    const waiting = this.#waiting.attempts().map((attempt) => ({ ...attempt, suspended: false }))
    return { epoch: this.#parts.journal.epoch, running: [...running, ...waiting] }
  }

  /** The ends that are not known to be stored. */
  ends(): EndEvent[] {
    return this.#parts.journal
      .known()
      .map(({ end }) => end)
      .filter((end) => end !== undefined)
  }

  /** Repeats what is known of an attempt that was started before. */
  start(order: StartOrder): void {
    const known = this.#parts.journal.get(order)
    const flaw = findFlaw(order)
    if (known) this.#repeat(order, known.end)
    else if (flaw) this.#refuse(order, flaw, false)
    else if (this.#waiting.has(order)) return
    else if (order.place && this.#running.size >= order.place.atMost) this.#letWait(order)
    else if (this.#running.size >= MAX_SLOTS)
      this.#refuse(order, `the tasker runs ${MAX_SLOTS} jobs and cannot run more`, true)
    else this.#intend(order)
  }

  /** Settles when the first signal was delivered. @throws not_found, invalid, conflict */
  async signal(order: SignalOrder): Promise<void> {
    if (this.#waiting.has(order)) {
      this.#signalWaiting(order)
      return
    }
    const running = this.#running.get(keyOf(order))
    if (!running) throw new DomainError('not_found', `job ${order.jobId} does not run (attempt ${order.attempt})`)
    // What came in the same breath as the order to start it must not overtake that.
    if (this.#orders.length > 0) this.#flush()
    await obey(this.#control, running, order)
  }

  stored(attempts: readonly Attempt[]): void {
    const { journal } = this.#parts
    for (const { jobId, attempt } of attempts) {
      if (journal.get({ jobId, attempt })?.end) journal.add({ kind: 'forget', jobId, attempt })
    }
    this.#flushLater()
  }

  #letWait(order: StartOrder): void {
    this.#waiting.add(order, () => this.#refuse(order, 'no place came free in time', true))
  }

  /** What waits for a place can be stopped; for anything else there is no process yet. */
  #signalWaiting({ jobId, attempt, action }: SignalOrder): void {
    if (action !== 'stop') throw new DomainError('conflict', `job ${jobId} is about to start; try again in a moment`)
    const { clock, journal } = this.#parts
    this.#waiting.take({ jobId, attempt })
    const end = endBeforeStart({ jobId, attempt }, clock.now())
    journal.add({ kind: 'intent', jobId, attempt })
    journal.add({ kind: 'end', end })
    this.#tell(end)
  }

  /** Places that came free go to those that wait, in the turn in which they came free. */
  #admit(): void {
    for (;;) {
      const next = this.#waiting.takeFirst(this.#running.size)
      if (!next) return
      this.#intend(next)
    }
  }

  #intend(order: StartOrder): void {
    const { jobId, attempt } = order
    const slot = this.#freeSlots.pop() ?? this.#bySlot.length
    const running = newRunning(order, slot, this.#parts.clock.monotonicMs())
    this.#running.set(running.key, running)
    this.#bySlot[slot] = running
    this.#parts.journal.add({ kind: 'intent', jobId, attempt })
    this.#orders.push(forkOrderOf(order, slot, this.#parts.journal.epoch))
    this.#flushLater()
  }

  #take(event: ForkEvent): void {
    const running = this.#bySlot[event.slot]
    if (!running) return
    if (event.kind === 'started') this.#started(running, event)
    else if (event.kind === 'exited') this.#exited(running, event)
    else {
      this.#letGo(running)
      this.#refuse(running, event.reason, true)
    }
  }

  #started(running: Running, { pid, startTime }: Extract<ForkEvent, { kind: 'started' }>): void {
    const { jobId, attempt } = running
    running.process = { pid, startTime }
    running.startedAt = this.#parts.clock.now()
    this.#parts.journal.add({ kind: 'started', jobId, attempt, process: identify(pid, startTime) })
    this.#tell({ kind: 'started', jobId, attempt, at: running.startedAt, pid })
    watchTimeLimit(this.#control, running)
    this.#sampler.wake()
  }

  #exited(running: Running, event: Extract<ForkEvent, { kind: 'exited' }>): void {
    this.#letGo(running)
    if (running.ending) this.#sweeper.add(running)
    const end = describeEnd(running, event, this.#parts.clock.now())
    this.#parts.journal.add({ kind: 'end', end })
    this.#tell(end)
  }

  #letGo(running: Running): void {
    running.over = true
    running.cancelNextSignal()
    running.cancelLimit()
    this.#running.delete(running.key)
    this.#bySlot[running.slot] = undefined
    this.#freeSlots.push(running.slot)
    this.#admit()
  }

  #repeat(attempt: Attempt, end: EndEvent | undefined): void {
    const { jobId } = attempt
    const process = this.#running.get(keyOf(attempt))?.process
    if (end) this.#tell(end)
    else if (process)
      this.#tell({ kind: 'started', jobId, attempt: attempt.attempt, at: this.#parts.clock.now(), pid: process.pid })
  }

  #refuse({ jobId, attempt }: Attempt, reason: string, retry: boolean): void {
    if (this.#parts.journal.get({ jobId, attempt })) this.#parts.journal.add({ kind: 'forget', jobId, attempt })
    this.#tell({ kind: 'refused', jobId, attempt, reason, retry })
  }

  #tell(event: ExecutorEvent): void {
    this.#events.push(event)
    this.#flushLater()
  }

  #flushLater(): void {
    if (!this.#isFlushDue) setImmediate(() => this.#flush())
    this.#isFlushDue = true
  }

  /** Intents are on disk before their jobs are forked, ends before they are told. */
  #flush(): void {
    this.#isFlushDue = false
    const isWritten = this.#parts.journal.flush()
    const orders = this.#orders
    this.#orders = []
    if (orders.length > 0 && isWritten) this.#parts.forker.fork(orders)
    if (!isWritten) for (const { slot } of orders) this.#refuseUnwritten(slot)
    this.#report()
  }

  /** While others wait for a place no slot stands empty for the news, which then travels together. */
  #report(): void {
    if (this.#waiting.size === 0) this.#reportNow()
    else this.#cancelReport ??= this.#parts.clock.after(REPORT_TOGETHER_MS, () => this.#reportNow())
  }

  #reportNow(): void {
    this.#cancelReport?.()
    this.#cancelReport = undefined
    const events = this.#events
    this.#events = []
    this.#parts.tell(events)
  }

  #refuseUnwritten(slot: number): void {
    const running = this.#bySlot[slot]
    if (!running) return
    this.#letGo(running)
    this.#refuse(running, "the disk does not take the tasker's journal; make room", true)
  }
}
