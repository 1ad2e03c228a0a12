/**
 * Writes down the runs of our own engine as the bus tells of them. Notices are gathered and stored in batches, so that a
 * thousand runs a second cost a few statements; a run that began and ended in between is one row. What a crash cuts off
 * is put in at the next start from the job store (`catch-up.ts`).
 */

import type { Clock, Instant } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { isActive, type Job } from '../../../job/job.ts'
import type { NewRecord, RecordStore } from '../../../store/record-store.ts'
import type { Notice } from '../../bus.ts'
import { runKey } from '../run-key.ts'
import { type Home, type OwnRun, recordOf, runOf } from './run-record.ts'

export interface RecorderParts {
  records: RecordStore
  /** Where runs of this host belong; undefined while no cluster has it: then runs are not recorded. */
  home: (host: string) => Home | undefined
  /** Runs that were shorter have no curves. */
  shortestRunMs: number
  clock: Clock
  log: Logger
  /** Stored and still going on; stored and over. */
  onRuns?: (runs: { begun: readonly NewRecord[]; over: readonly NewRecord[] }) => void
}

const GATHER_MS = 250
const RETRY_MS = 1000
/** Of one statement. */
const MOST_RUNS = 2000

export class Recorder {
  readonly #parts: RecorderParts
  readonly #waiting = new Map<string, OwnRun>()
  /** Under which start a run that goes on is stored. */
  readonly #begun = new Map<string, Instant>()
  #cancel: (() => void) | undefined
  #writing: Promise<void> | undefined
  #stopped = false

  constructor(parts: RecorderParts) {
    this.#parts = parts
  }

  /** Runs that are stored as going on. */
  know(runs: Iterable<{ jobId: number; attempt: number; startedAt: Instant }>): void {
    for (const { jobId, attempt, startedAt } of runs) this.#begun.set(runKey(jobId, attempt), startedAt)
  }

  /** A listener of the bus. */
  readonly hear = ({ kind, before, after }: Notice): void => {
    if (kind === 'withdraw' && before) this.#withdrawn(before)
    else if (kind === 'lose' && before?.run && after?.state === 'queued')
      this.#wait(lostRun(before, before.run, this.#parts.clock.now()))
    else if (after && (isActive(after.state) || (before && isActive(before.state)))) this.#wait(runOf(after))
  }

  /** Settles when everything heard so far is stored, or cannot be now. */
  async flush(): Promise<void> {
    this.#cancel?.()
    this.#cancel = undefined
    while (this.#writing) await this.#writing
    if (this.#waiting.size === 0) return
    this.#writing = this.#write().finally(() => {
      this.#writing = undefined
    })
    await this.#writing
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.flush()
  }

  #wait(run: OwnRun | undefined): void {
    if (!run) return
    this.#waiting.set(runKey(run.job.id, run.job.attempt), run)
    this.#wake(GATHER_MS)
  }

  #wake(delayMs: number): void {
    if (this.#stopped) return
    this.#cancel ??= this.#parts.clock.after(delayMs, () => {
      this.#cancel = undefined
      void this.flush()
    })
  }

  /** No process came of it, so it was no run: one that is stored already is taken out again. */
  #withdrawn(before: Job): void {
    const key = runKey(before.id, before.attempt)
    this.#waiting.delete(key)
    // What is being written now can only be taken out afterwards.
    if (this.#writing) void this.#writing.then(() => this.#takeOut(before, key))
    else this.#takeOut(before, key)
  }

  #takeOut(before: Job, key: string): void {
    const startedAt = this.#begun.get(key)
    if (startedAt === undefined) return
    this.#begun.delete(key)
    void this.#remove(before, startedAt)
  }

  async #remove({ id, attempt }: Job, startedAt: Instant): Promise<void> {
    const { records, log } = this.#parts
    try {
      const stored = await records.find({ jobId: id, startedAt })
      if (stored?.origin === 'engine' && stored.attempt === attempt) await records.remove(stored.id)
    } catch (error) {
      log.warn({ jobId: id, reason: messageOf(error) }, 'a run that was withdrawn is still listed')
    }
  }

  async #write(): Promise<void> {
    while (this.#waiting.size > 0) {
      const batch = [...this.#waiting].slice(0, MOST_RUNS)
      for (const [key] of batch) this.#waiting.delete(key)
      const records = batch.flatMap(([key, run]) => this.#recordOf(key, run))
      try {
        if (records.length > 0) await this.#parts.records.putRuns(records)
      } catch (error) {
        this.#parts.log.warn({ runs: batch.length, reason: messageOf(error) }, 'runs wait to be recorded')
        // What has been heard of a run since then is newer.
        for (const [key, run] of batch) if (!this.#waiting.has(key)) this.#waiting.set(key, run)
        this.#wake(RETRY_MS)
        return
      }
      this.#follow(records)
    }
  }

  #recordOf(key: string, own: OwnRun): NewRecord[] {
    const home = this.#parts.home(own.run.host)
    if (!home) return []
    const record = recordOf(own, home, this.#begun.get(key))
    // One that failed is looked at by the rules.
    const isBrief = own.end?.state === 'completed' && record.durationMs < this.#parts.shortestRunMs
    return [isBrief ? { ...record, monitoring: 'disabled' } : record]
  }

  #follow(records: readonly NewRecord[]): void {
    const begun = records.filter(({ state }) => state === 'running' || state === 'suspended')
    const over = records.filter((record) => !begun.includes(record))
    this.know(begun)
    for (const { jobId, attempt } of over) this.#begun.delete(runKey(jobId, attempt))
    this.#parts.onRuns?.({ begun, over })
  }
}

/** Its tasker is gone and it is queued again: this attempt is over all the same. */
function lostRun(job: Job, run: NonNullable<Job['run']>, at: Instant): OwnRun {
  return { job, run, end: { at, state: 'node_fail' } }
}
