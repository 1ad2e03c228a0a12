/**
 * Queued to running: the highest priority first, then who came first; a job whose resources are not free lets the next
 * one by (Accelerator, Job Scheduling). Wakes when something changed, never by a clock.
 *
 * Jobs that take a few milliseconds would leave their slots empty for longer than they use them. Where a bucket's jobs are
 * that brief, a few are sent ahead, to start one after the other as places come free (`place` of a start order).
 *
 * What is free is computed from the jobs that run, so that it can neither leak nor be given twice. A start that is being
 * stored counts as running; a job whose processes are gone does not, so that its end and the next start share a commit.
 */

import type { Clock } from '../base/clock.ts'
import { isDomainError, messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Executor, StartOrder } from '../executor/executor.ts'
import { allocate, isPlain, type Offer, subtract, sum } from '../job/allocation.ts'
import { demandOf } from '../job/demand.ts'
import type { Amounts, Job, JobId } from '../job/job.ts'
import { holdsLane } from '../job/task-job.ts'
import { apply, type Door, isStale } from './apply.ts'
import type { Bucket } from './board.ts'
import { firstDue, plainNeedOf } from './due.ts'
import type { Executors } from './executors.ts'
import { giveOrders, type OrderParts, orderOf } from './order.ts'
import { returnToQueue } from './requeue.ts'

export interface DispatcherParts {
  door: Door
  executors: Executors
  orders: OrderParts
  clock: Clock
  log: Logger
}

interface Pick {
  job: Job
  taken: Amounts
}

/** A bucket whose jobs take less is worth sending ahead, and so many more jobs than slots at the most. */
const BRIEF_MS = 20
const AHEAD = 24

/** After a start that could not be stored. */
const PAUSE_MS = 1000

export class Dispatcher {
  readonly #parts: DispatcherParts
  readonly #claims = new Map<JobId, Amounts>()
  readonly #starting = new Set<Promise<void>>()
  /** Those within reach. */
  readonly #open = new Set<Executor>()
  #awake = false
  #passing = false
  #paused = false

  constructor(parts: DispatcherParts) {
    this.#parts = parts
  }

  /** Lets the executor's jobs start; closed again while it is out of reach. */
  open(executor: Executor): void {
    this.#open.add(executor)
    this.wake()
  }

  close(executor: Executor): void {
    this.#open.delete(executor)
  }

  /** Settles when every start that was begun is stored and ordered, or given back. */
  async settle(): Promise<void> {
    while (this.#starting.size > 0) await Promise.all(this.#starting)
  }

  /** Something that waited may fit now. */
  wake(): void {
    this.#awake = true
    if (this.#passing || this.#open.size === 0) return
    this.#passing = true
    queueMicrotask(() => void this.#passWhileAwake())
  }

  /** What the host and the lanes have left, and have in all. */
  offer(): Offer {
    const { executors } = this.#parts
    const { attributes, name } = executors.machine.host()
    const capacity = executors.capacity()
    return { capacity, attributes, free: subtract(capacity, this.heldOn(name)) }
  }

  heldOn(host: string): Record<string, number> {
    const { board } = this.#parts.door
    const held: Amounts[] = []
    for (const { run } of board.holding()) if (run?.host === host) held.push(run.held)
    for (const [id, claim] of this.#claims) if (!board.activeJob(id)) held.push(claim)
    return sum(held)
  }

  async #passWhileAwake(): Promise<void> {
    try {
      while (this.#awake && this.#open.size > 0 && !this.#paused) {
        this.#awake = false
        await this.#pass()
      }
    } catch (error) {
      this.#pause(error)
    } finally {
      this.#passing = false
    }
  }

  async #pass(): Promise<void> {
    await this.#refillBare()
    const offer = this.offer()
    const picks: Pick[] = []
    const blocked = new Set<Bucket>()
    for (;;) {
      const pick = await this.#next(offer, blocked)
      if (!pick) break
      picks.push(pick)
      offer.free = subtract(offer.free, pick.taken)
    }
    picks.push(...(await this.#lookAhead(offer)))
    if (picks.length > 0) this.#launch(picks)
  }

  /** Jobs to send ahead: from the bucket that is due, and only while all that runs could be replaced by any of them. */
  async #lookAhead(offer: Offer): Promise<Pick[]> {
    const room = AHEAD + (offer.free.SLOTS ?? 0)
    const picks: Pick[] = []
    if (room < AHEAD / 2 || !this.#areAllPlain(offer.capacity)) return picks
    while (picks.length < room) {
      const bucket = firstDue(this.#bucketsOf(this.#parts.executors.machine))
      const taken = bucket && plainNeedOf(bucket, offer)
      if (!taken || (bucket.recentMs ?? BRIEF_MS) >= BRIEF_MS) break
      picks.push(await this.#take(bucket, taken))
    }
    return picks
  }

  #areAllPlain(capacity: Amounts): boolean {
    const claims = [...this.#claims.values()]
    const running = [...this.#parts.door.board.holding()].map(({ run }) => run?.held ?? {})
    return [...claims, ...running].every((held) => holdsLane(held) || isPlain(held, capacity))
  }

  *#bucketsOf(owner: Executor): Generator<Bucket> {
    const { door, executors } = this.#parts
    if (!this.#open.has(owner)) return
    for (const bucket of door.board.buckets()) if (executors.ownerOf(bucket.sample) === owner) yield bucket
  }

  /** Whose jobs may start: without a free slot those that need none. */
  *#startable({ free }: Offer): Generator<Bucket> {
    const { machine, movers } = this.#parts.executors
    if ((free.SLOTS ?? 0) >= 1) yield* this.#bucketsOf(machine)
    if (movers) yield* this.#bucketsOf(movers)
  }

  /** Jobs may wait in the store alone: after a start that was given back, or more than a bucket keeps ready. */
  async #refillBare(): Promise<void> {
    const { board } = this.#parts.door
    for (const bucket of board.buckets()) if (bucket.head.length === 0) await board.refill(bucket)
  }

  async #next(offer: Offer, blocked: Set<Bucket>): Promise<Pick | undefined> {
    for (;;) {
      const bucket = firstDue(this.#startable(offer), blocked)
      if (!bucket) return undefined
      const allocation = allocate(demandOf(bucket.sample.request.resources), offer)
      if ('missing' in allocation) {
        blocked.add(bucket)
        continue
      }
      return this.#take(bucket, allocation.taken)
    }
  }

  async #take(bucket: Bucket, taken: Amounts): Promise<Pick> {
    const { board } = this.#parts.door
    const job = board.pick(bucket)
    this.#claims.set(job.id, taken)
    if (bucket.head.length === 0) await board.refill(bucket)
    return { job, taken }
  }

  #launch(picks: Pick[]): void {
    const launch = this.#start(picks).finally(() => this.#starting.delete(launch))
    this.#starting.add(launch)
  }

  async #start(picks: Pick[]): Promise<void> {
    const orders = await Promise.all(picks.map((pick) => this.#startOne(pick)))
    giveOrders(
      this.#parts.executors,
      this.#parts.door.board,
      orders.filter((order) => order !== undefined),
    )
  }

  /** The start is stored before the executor hears of it; undefined when there is no order to give. */
  async #startOne({ job, taken }: Pick): Promise<StartOrder | undefined> {
    const started = await this.#store(job, taken)
    if (!started) return undefined
    try {
      return await orderOf(started, this.#parts.orders, this.#parts.executors.machine.host().capacity)
    } catch (error) {
      this.#pause(error)
      await returnToQueue(this.#parts.door, job.id, messageOf(error))
      return undefined
    }
  }

  async #store(job: Job, taken: Amounts): Promise<Job | undefined> {
    const { door, executors, clock } = this.#parts
    try {
      const event = { kind: 'start', at: clock.now(), host: executors.machine.host().name, held: taken } as const
      return await apply(door, job.id, event, job)
    } catch (error) {
      this.#giveBack(job, error)
      return undefined
    } finally {
      this.#claims.delete(job.id)
    }
  }

  #giveBack(job: Job, error: unknown): void {
    this.#parts.door.board.putBack(job)
    const raced = isStale(error) || isDomainError(error, 'conflict') || isDomainError(error, 'not_found')
    if (raced) this.wake()
    else this.#pause(error)
  }

  /** The store or a look-up failed: tries again in a while instead of in a storm. */
  #pause(error: unknown): void {
    this.#parts.log.warn({ reason: messageOf(error) }, 'dispatching pauses')
    if (this.#paused) return
    this.#paused = true
    this.#parts.clock.after(PAUSE_MS, () => {
      this.#paused = false
      this.wake()
    })
  }
}
