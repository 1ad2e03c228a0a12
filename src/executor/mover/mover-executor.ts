/** The movers of all sites as one executor: its jobs are the tasks of workflows, whose orders it gets from the desk. */

import { hostname } from 'node:os'
import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError, isDomainError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Site } from '../../workflow/site.ts'
import type { TaskOrder } from '../../workflow/task-order.ts'
import type { Desk, TaskEnd } from '../desk.ts'
import type { Attempt, Executor, ExecutorEvent, ExecutorSamples, Host, SignalOrder, StartOrder } from '../executor.ts'
import type { FromMover } from '../mover-protocol.ts'
import { HandIn } from './hand-in.ts'
import { type Held, HeldAttempts } from './held.ts'
import { lanesOf } from './lanes.ts'
import { Reports } from './reports.ts'
import { type MoverHello, type SiteBandwidths, SiteLink } from './site-link.ts'
import { factsOfUnbegun } from './task-end.ts'

export interface MoverExecutorOptions {
  dataDir: string
  sites: readonly Site[]
  desk: Desk
  bandwidths: SiteBandwidths
  /** How long a site's mover may be silent before the site counts as out of reach. */
  silenceMs(): number
  clock: Clock
  log: Logger
}

export function createMoverExecutor(options: MoverExecutorOptions): Executor {
  return new MoverExecutor(options)
}

/** It never forgets by itself: what a site's mover forgot is told as lost. */
const EPOCH = 'movers'
const OPEN_PATIENCE_MS = 5000
const RETRY_MS = 1000

class MoverExecutor implements Executor {
  readonly name = 'movers'
  readonly #options: MoverExecutorOptions
  readonly #links: ReadonlyMap<string, SiteLink>
  readonly #held = new HeldAttempts()
  readonly #handIn: HandIn
  /** By site; another one means that its mover forgot what it had. */
  readonly #epochs = new Map<string, string>()
  readonly #bornAt: Instant
  /** undefined from the moment when all movers are found that there are. */
  #early: ExecutorEvent[] | undefined = []
  #isClosed = false
  #listener: (events: readonly ExecutorEvent[]) => void = () => {}
  #watcher: (samples: ExecutorSamples) => void = () => {}

  constructor(options: MoverExecutorOptions) {
    const { clock, desk, log } = options
    this.#options = options
    this.#bornAt = clock.now()
    this.#handIn = new HandIn(clock, log)
    const reports = new Reports({
      ...{ desk, held: this.#held, handIn: this.#handIn },
      tell: (event) => this.#tell(event),
      send: (site, message) => this.#links.get(site)?.send(message),
    })
    const links = options.sites.map((site): [string, SiteLink] => {
      const welcomed = (hello: MoverHello) => this.#welcome(site.name, hello)
      const received = (message: FromMover) => {
        if (message.kind === 'samples') this.#watcher({ ...message.samples, source: site.name })
        else reports.receive(site.name, message)
      }
      return [site.name, new SiteLink({ ...options, site, welcomed, received })]
    })
    this.#links = new Map(links)
    options.bandwidths.listen((site) => this.#links.get(site)?.limit())
  }

  async open(): Promise<void> {
    await Promise.all([...this.#links.values()].map((link) => link.open(OPEN_PATIENCE_MS)))
    const early = this.#early ?? []
    this.#early = undefined
    this.#tell(this.#greeting(), ...early)
  }

  async close(): Promise<void> {
    this.#isClosed = true
    this.#handIn.close()
    await Promise.all([...this.#links.values()].map((link) => link.close()))
    await this.#handIn.settle()
  }

  async retire(): Promise<void> {
    for (const link of this.#links.values()) link.send({ kind: 'retire' })
    await this.close()
  }

  connected(): boolean {
    return this.#early === undefined && !this.#isClosed
  }

  host(): Host {
    const links = [...this.#links.values()]
    const capacity = Object.assign({}, ...links.map((link) => lanesOf(link.site, this.connected() && link.isReachable)))
    const name = hostname().split('.')[0]!.toLowerCase()
    const unknown = { attributes: {}, loadAverage: [0, 0, 0], freeRamMb: 0 } as const
    return { name, up: this.connected(), capacity, bootedAt: this.#bornAt, ...unknown }
  }

  start(orders: readonly StartOrder[]): void {
    for (const order of orders) {
      if (this.#held.get(order)) continue
      void this.#place(this.#held.add(order))
    }
  }

  async signal(order: SignalOrder): Promise<void> {
    const held = this.#held.get(order)
    if (!held) throw new DomainError('not_found', `task ${order.jobId} does not run (attempt ${order.attempt})`)
    held.yielding ||= order.action === 'yield'
    if (held.isGiven) return this.#links.get(held.site)?.signal(order)
    if (order.action === 'yield') return
    if (order.action !== 'stop')
      throw new DomainError('conflict', `task ${order.jobId} is about to start; try again in a moment`)
    held.stopped = true
    if (held.site !== '') this.#stopUnbegun(held)
  }

  stored(attempts: readonly Attempt[]): void {
    const bySite = new Map<string, Attempt[]>()
    for (const { jobId, attempt } of attempts) {
      const { site } = this.#held.get({ jobId, attempt }) ?? { site: '' }
      this.#held.drop({ jobId, attempt })
      bySite.set(site, [...(bySite.get(site) ?? []), { jobId, attempt }])
    }
    for (const [site, stored] of bySite) this.#links.get(site)?.send({ kind: 'stored', attempts: stored })
  }

  listen(listener: (events: readonly ExecutorEvent[]) => void): void {
    this.#listener = listener
  }

  watch(watcher: (samples: ExecutorSamples) => void): void {
    this.#watcher = watcher
  }

  /** Until a mover has it, or nobody wants it any more. */
  async #place(held: Held): Promise<void> {
    const { clock, desk, log } = this.#options
    while (this.#isWanted(held)) {
      try {
        const order = await desk.order({ jobId: held.jobId, attempt: held.attempt })
        if (order) this.#give(held, order)
        else this.#turnDown(held)
        return
      } catch (error) {
        if (isDomainError(error, 'forbidden') || isDomainError(error, 'invalid')) {
          this.#finish(held, failed(error.message))
          return
        }
        log.warn({ jobId: held.jobId, reason: messageOf(error) }, 'the order of a task cannot be had yet')
      }
      await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
    }
  }

  #isWanted(held: Held): boolean {
    return !this.#isClosed && this.#held.get(held) === held
  }

  #give(held: Held, order: TaskOrder): void {
    if (!this.#isWanted(held) || held.isGiven) return
    held.site = order.site.name
    const link = this.#links.get(held.site)
    if (held.stopped) this.#stopUnbegun(held)
    else if (!link) this.#finish(held, failed(`There is no site ${held.site} any more.`))
    else if (link.isUp) {
      held.isGiven = true
      link.send({ kind: 'start', jobId: held.jobId, attempt: held.attempt, order })
      this.#tellToYield(held)
    } else link.need()
  }

  /** A job that only looks like a task, or whose task has ended: there is nothing that the desk could be told. */
  #turnDown(held: Held): void {
    const failure = 'there is no such task, or it has ended; lanes are taken by tasks of workflows alone'
    const facts = factsOfUnbegun(failed(failure), this.#options.clock.now())
    this.#tell({ kind: 'exited', jobId: held.jobId, attempt: held.attempt, facts })
  }

  #tellToYield({ yielding, jobId, attempt, site }: Held): void {
    if (yielding) this.#links.get(site)?.send({ kind: 'signal', ticket: 0, order: { jobId, attempt, action: 'yield' } })
  }

  #stopUnbegun(held: Held): void {
    this.#finish(held, { outcomes: [], failure: 'The task was stopped before it began.', stopped: true })
  }

  /** Without a mover. */
  #finish(held: Held, end: TaskEnd): void {
    const { jobId, attempt } = held
    const facts = factsOfUnbegun(end, this.#options.clock.now())
    const hand = () => this.#options.desk.ended({ jobId, attempt }, end)
    this.#handIn.add(held, 'end', hand, () => this.#tell({ kind: 'exited', jobId, attempt, facts }))
  }

  #welcome(site: string, { inventory }: MoverHello): void {
    const forgot = this.#epochs.has(site) && this.#epochs.get(site) !== inventory.epoch
    this.#epochs.set(site, inventory.epoch)
    const had = this.#held.ofSite(site)
    const known = new Set<Held>()
    for (const { suspended, ...attempt } of inventory.running) {
      const held = this.#held.add(attempt, site)
      known.add(Object.assign(held, { site, suspended, isGiven: true }))
      this.#tellToYield(held)
    }
    if (!this.#early) this.#tell(this.#greeting())
    for (const held of had) if (!known.has(held)) this.#renew(held, forgot)
  }

  /** The mover does not know it: it never came there, or that was forgotten. */
  #renew(held: Held, forgot: boolean): void {
    if (held.stopped) return
    const { jobId, attempt } = held
    if (held.isGiven && forgot) {
      const reason = 'the mover of its site lost its book; nobody knows how this run ended'
      this.#tell({ kind: 'lost', jobId, attempt, at: this.#options.clock.now(), reason })
      return
    }
    held.isGiven = false
    void this.#place(held)
  }

  #greeting(): ExecutorEvent {
    return { kind: 'connected', inventory: { epoch: EPOCH, running: this.#held.running() } }
  }

  /** What movers tell while not all of them are found waits until they are. */
  #tell(...events: ExecutorEvent[]): void {
    if (this.#isClosed) return
    if (this.#early) this.#early.push(...events)
    else this.#listener(events)
  }
}

function failed(failure: string): TaskEnd {
  return { outcomes: [], failure, stopped: false }
}
