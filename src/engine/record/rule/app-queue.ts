/** Looks for programs when a run begins: in the background, one run after the other. */

import { messageOf } from '../../../base/errors.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { NewRecord } from '../../../store/record-store.ts'
import { type ClassificationParts, tagApps } from './classification.ts'

/** More are left to a run of the tagger over all records. */
const MOST_WAITING = 10_000

export class AppQueue {
  readonly #parts: ClassificationParts
  #last: Promise<void> = Promise.resolve()
  #waiting = 0
  #stopped = false

  constructor(parts: ClassificationParts) {
    this.#parts = parts
  }

  readonly started = (record: JobRecord): void => {
    this.#queue(record, async () => record)
  }

  begun(run: NewRecord): void {
    const { jobId, cluster, startedAt } = run
    this.#queue(run, () => this.#parts.records.find({ jobId, cluster, startedAt }))
  }

  /** What has not begun is left to a run of the tagger over all records. */
  stop(): Promise<void> {
    this.#stopped = true
    return this.#last
  }

  settle(): Promise<void> {
    return this.#last
  }

  #queue({ metaData }: Pick<NewRecord, 'metaData'>, find: () => Promise<JobRecord | undefined>): void {
    if (!metaData?.jobScript || this.#waiting >= MOST_WAITING) return
    this.#waiting += 1
    this.#last = this.#last.then(async () => {
      try {
        const record = this.#stopped ? undefined : await find()
        if (record) await tagApps(this.#parts, record)
      } catch (error) {
        this.#parts.log.warn({ reason: messageOf(error) }, 'a run could not be tagged with its program')
      } finally {
        this.#waiting -= 1
      }
    })
  }
}
