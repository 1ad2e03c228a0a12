/** The way to one site's mover: found where it runs, started when there is work for it, found again when it was lost. */

import { mkdirSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import { siblingModule } from '../../base/module.ts'
import type { Site } from '../../workflow/site.ts'
import type { SignalOrder } from '../executor.ts'
import {
  type FromMover,
  MAX_MOVER_UNSENT_BYTES,
  MOVER_SOCKET,
  MOVER_VERSION,
  moverFolder,
  type ToMover,
} from '../mover-protocol.ts'
import { Connection } from '../resident/connection.ts'
import { ResidentProcess } from '../resident/resident-process.ts'
import { PendingSignals } from '../resident/signals.ts'

export type MoverHello = Extract<FromMover, { kind: 'hello' }>

/** How fast sites may move data, which changes while they do: bytes a second, 0 for no limit. */
export interface SiteBandwidths {
  of(site: string): number
  listen(listener: (site: string) => void): void
}

export interface SiteLinkParts {
  dataDir: string
  site: Site
  bandwidths: SiteBandwidths
  clock: Clock
  log: Logger
  /** A mover that was not heard for so long does not count any more. */
  silenceMs(): number
  welcomed(hello: MoverHello): void
  received(message: FromMover): void
}

const MOVER = siblingModule(import.meta.url, '../../mover/main')
/** The keys to buckets, for targets without a credentials file, and whom to trust there. */
const VARIABLES = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'NODE_EXTRA_CA_CERTS']
/** Nobody listens at the socket. */
const ABSENT = ['ENOENT', 'ECONNREFUSED']
/** A mover that has nothing to tell is asked whether it lives. */
const PING_MS = 3000

export class SiteLink {
  readonly site: Site
  readonly #parts: SiteLinkParts
  readonly #dir: string
  readonly #process: ResidentProcess
  readonly #signals: PendingSignals
  #connection: Connection<ToMover, FromMover> | undefined
  #isNeeded = false
  #settled: () => void = () => {}
  /** It should have been heard; null where it was. */
  #silentSinceMs: number | null = null
  #cancelPing: () => void = () => {}
  #problem = ''

  constructor(parts: SiteLinkParts) {
    const { dataDir, site, log } = parts
    this.site = site
    this.#parts = parts
    this.#dir = moverFolder(dataDir, site.name)
    this.#signals = new PendingSignals(parts.clock)
    const name = 'mover'
    this.#process = new ResidentProcess({ name, dir: this.#dir, main: MOVER, variables: VARIABLES, log })
  }

  get isUp(): boolean {
    return this.#connection?.isUp ?? false
  }

  /** False once it was not heard for long. */
  get isReachable(): boolean {
    const { clock, silenceMs } = this.#parts
    return this.#silentSinceMs === null || clock.monotonicMs() - this.#silentSinceMs < silenceMs()
  }

  /** Settles when the mover that an earlier server left is reached, or there is none, or `patienceMs` have passed. */
  open(patienceMs: number): Promise<void> {
    mkdirSync(this.#dir, { recursive: true, mode: 0o700 })
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(patienceMs, resolve)
      this.#settled = () => resolve(cancel())
      this.#connect()
    })
  }

  /** There is work for it: a mover is started where none runs. */
  need(): void {
    this.#isNeeded = true
    if (!this.#connection) this.#connect()
  }

  /** Dropped while there is no connection. */
  send(message: ToMover): void {
    this.#connection?.send(message)
  }

  /** Tells how fast it may be now. */
  limit(): void {
    const { bandwidths, site } = this.#parts
    this.send({ kind: 'bandwidth', bytesPerSecond: bandwidths.of(site.name) })
  }

  /** @throws what the mover answers, and unavailable when it does not */
  signal(order: SignalOrder): Promise<void> {
    if (!this.isUp) return Promise.reject(this.#noAnswer())
    const send = (ticket: number) => this.send({ kind: 'signal', ticket, order })
    return this.#signals.order(send, () => this.#noAnswer())
  }

  async close(): Promise<void> {
    this.#signals.failAll(this.#noAnswer())
    this.#cancelPing()
    const connection = this.#connection
    this.#connection = undefined
    await connection?.close()
  }

  #connect(): void {
    const { site, welcomed } = this.#parts
    this.#connection = new Connection<ToMover, FromMover>({
      ...{ peer: 'mover', dir: this.#dir, socketName: MOVER_SOCKET, maxUnsentBytes: MAX_MOVER_UNSENT_BYTES },
      hello: { kind: 'hello', version: MOVER_VERSION, site },
      retire: { kind: 'retire' },
      failed: (error) => this.#miss(error),
      welcomed: (hello) => {
        this.#silentSinceMs = null
        this.#cancelPing()
        this.#ping()
        this.limit()
        this.#isNeeded = true
        this.#problem = ''
        welcomed(hello)
        this.#settled()
      },
      received: (message) => this.#receive(message),
      lost: () => this.#signals.failAll(this.#noAnswer()),
    })
    this.#connection.open()
  }

  #ping(): void {
    if (!this.isUp) return
    this.#silentSinceMs ??= this.#parts.clock.monotonicMs()
    this.send({ kind: 'ping' })
    this.#cancelPing = this.#parts.clock.after(PING_MS, () => this.#ping())
  }

  #receive(message: FromMover): void {
    this.#silentSinceMs = null
    if (message.kind === 'pong') return
    if (message.kind === 'signalled' || message.kind === 'notSignalled') this.#signals.answered(message)
    else this.#parts.received(message)
  }

  /** Where nobody listens, a mover is started if there is work for it; one that answers wrongly is waited for. */
  #miss(error: Error): void {
    const isAbsent = ABSENT.includes(systemCodeOf(error) ?? '')
    if (isAbsent && !this.#isNeeded) {
      void this.#connection?.close()
      this.#connection = undefined
      this.#settled()
      return
    }
    this.#silentSinceMs ??= this.#parts.clock.monotonicMs()
    if (isAbsent) this.#process.start()
    else if (this.#problem !== error.message)
      this.#parts.log.warn({ site: this.site.name, reason: error.message }, 'the mover cannot be used')
    this.#problem = error.message
  }

  #noAnswer(): DomainError {
    const problem = `the mover of site ${this.site.name} does not answer at the moment; try again in a few seconds`
    return new DomainError('unavailable', problem)
  }
}
