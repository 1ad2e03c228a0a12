/**
 * Keeps the curves of runs that are over: waits until their last values may have arrived, sums them up, writes the
 * archive, and settles the record. The store knows what is left to do, so that nothing is lost by a crash and nothing is
 * held in memory; a storage that does not answer is asked again, ever more seldom.
 */

import type { Clock } from '../../../base/clock.ts'
import { isDomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Service } from '../../../base/service.ts'
import { and } from '../../../job/filter.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { RecordStore } from '../../../store/record-store.ts'
import { equals } from '../visibility.ts'

export interface ArchiverParts {
  records: RecordStore
  /** Sums up and writes one run, and settles its record. @throws unavailable when it must be tried again */
  keep: (record: JobRecord) => Promise<void>
  /** How long the last values of a run may take to arrive. */
  graceMs: (record: EndedRun) => number
  clock: Clock
  log: Logger
}

/** When and where a run was, which is all that its waiting depends on. */
export type EndedRun = Pick<JobRecord, 'cluster' | 'subCluster' | 'resources' | 'startedAt' | 'durationMs'>

/** Each holds the curves of a run in memory, and waits for the disk most of the time. */
const LARGE_AT_ONCE = 2
const SMALL_AT_ONCE = 12
/** Of a run whose curves are a few megabytes. */
const SMALL_NODES = 8
const SMALL_MS = 86_400_000
const BATCH = 50
/** So long after an end the next may follow at once. */
const BUSY_MS = 200
const REST_PER_WORK = 4
const LONGEST_REST_MS = 500
/** The longest wait for a run that is due by nobody's word. */
const LOOK_AGAIN_MS = 60_000
const FIRST_RETRY_MS = 1000
const LAST_RETRY_MS = 300_000

export class Archiver implements Service {
  readonly #parts: ArchiverParts
  #cancel: (() => void) | undefined
  #alarmAtMs = Number.POSITIVE_INFINITY
  #running = false
  #turning: Promise<void> = Promise.resolve()
  #retryMs = 0
  #lastWakeMs = Number.NEGATIVE_INFINITY

  constructor(parts: ArchiverParts) {
    this.#parts = parts
  }

  async start(): Promise<void> {
    this.#running = true
    this.#alarm(0)
  }

  async stop(): Promise<void> {
    this.#running = false
    this.#cancel?.()
    await this.#turning
  }

  /** A run is over. */
  wake(run: EndedRun): void {
    this.#lastWakeMs = this.#parts.clock.monotonicMs()
    if (this.#retryMs === 0) this.#alarm(this.#waitMs(run))
  }

  /** How many runs wait for their curves to be kept. */
  async backlog(): Promise<number> {
    const { records, clock } = this.#parts
    const over = { kind: 'not', of: equals('state', ['running', 'suspended', 'pending']) } as const
    return records.count(and(equals('monitoring', ['pending']), over), clock.now())
  }

  #alarm(delayMs: number): void {
    const { clock } = this.#parts
    const atMs = clock.monotonicMs() + delayMs
    if (!this.#running || atMs >= this.#alarmAtMs) return
    this.#cancel?.()
    this.#alarmAtMs = atMs
    this.#cancel = clock.after(delayMs, () => {
      this.#alarmAtMs = Number.POSITIVE_INFINITY
      this.#turning = this.#turning.then(() => this.#turn())
    })
  }

  async #turn(): Promise<void> {
    const { log } = this.#parts
    try {
      const waitMs = await this.#work()
      this.#retryMs = 0
      this.#alarm(waitMs)
    } catch (error) {
      this.#retryMs = Math.min(LAST_RETRY_MS, this.#retryMs * 2 || FIRST_RETRY_MS)
      const level = isDomainError(error, 'unavailable') ? 'warn' : 'error'
      log[level]({ reason: messageOf(error), retryMs: this.#retryMs }, 'runs wait to be archived')
      this.#alarm(this.#retryMs)
    }
  }

  /** Everything that is due; answers after how long to look again. */
  async #work(): Promise<number> {
    while (this.#running) {
      const batch = await this.#parts.records.unsettled(BATCH)
      const waits = batch.map((record) => this.#waitMs(record))
      const due = batch.filter((_, index) => waits[index] === 0)
      if (due.length === 0) return Math.min(LOOK_AGAIN_MS, ...waits)
      await this.#keepAll(due)
    }
    return LOOK_AGAIN_MS
  }

  async #keepAll(due: JobRecord[]): Promise<void> {
    const left = due.values()
    const worker = async (number: number) => {
      for (const record of left) {
        if (this.#running) await this.#keep(record)
        if (number > 0 && this.#isBusy()) return
      }
    }
    const count = due.every(isSmall) ? SMALL_AT_ONCE : LARGE_AT_ONCE
    const workers = await Promise.allSettled(Array.from({ length: count }, (_, number) => worker(number)))
    const failed = workers.find((one) => one.status === 'rejected')
    if (failed) throw failed.reason
  }

  /** Files are made durable by the disk that also has to store the next ends: while these keep coming, they go first. */
  async #keep(record: JobRecord): Promise<void> {
    const { clock } = this.#parts
    const beganMs = clock.monotonicMs()
    await this.#parts.keep(record)
    if (!this.#isBusy()) return
    const restMs = Math.min(LONGEST_REST_MS, REST_PER_WORK * (clock.monotonicMs() - beganMs))
    await new Promise<void>((resolve) => clock.after(restMs, resolve))
  }

  #isBusy(): boolean {
    return this.#parts.clock.monotonicMs() - this.#lastWakeMs < BUSY_MS
  }

  /** An end that is told to lie far in the future is as good as now. */
  #waitMs(run: EndedRun): number {
    const graceMs = this.#parts.graceMs(run)
    const waitMs = run.startedAt + run.durationMs + graceMs - this.#parts.clock.now()
    return waitMs > 2 * graceMs ? 0 : Math.max(0, waitMs)
  }
}

function isSmall({ numNodes, durationMs }: JobRecord): boolean {
  return numNodes <= SMALL_NODES && durationMs <= SMALL_MS
}
