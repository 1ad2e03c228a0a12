/** Brings `meta.json` of archived runs up to their records, in the background; the record is the truth. */

import type { Clock } from '../../../base/clock.ts'
import { isDomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { RecordId } from '../../../job/record.ts'
import type { Archive } from '../../../metric/archive/archive.ts'
import type { RecordStore } from '../../../store/record-store.ts'

export interface MetaWriterParts {
  records: Pick<RecordStore, 'get'>
  archive: () => Archive
  clock: Clock
  log: Logger
}

const RETRY_MS = 10_000

export class MetaWriter {
  readonly #parts: MetaWriterParts
  readonly #waiting = new Set<RecordId>()
  #working: Promise<void> | undefined
  #paused: (() => void) | undefined
  #stopped = false

  constructor(parts: MetaWriterParts) {
    this.#parts = parts
  }

  /** Of several changes to one run the last counts. */
  readonly changed = (id: RecordId): void => {
    this.#waiting.add(id)
    this.#go()
  }

  /** Settles when everything that can be written is. */
  async settle(): Promise<void> {
    while (this.#working) await this.#working
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#paused?.()
    await this.settle()
  }

  #go(): void {
    if (this.#working || this.#paused || this.#stopped) return
    this.#working = this.#work().finally(() => {
      this.#working = undefined
      if (this.#waiting.size > 0) this.#go()
    })
  }

  async #work(): Promise<void> {
    for (const id of this.#waiting) {
      if (this.#stopped) return
      this.#waiting.delete(id)
      try {
        const record = await this.#parts.records.get(id)
        if (record?.monitoring === 'archived') await this.#parts.archive().update(record)
      } catch (error) {
        this.#parts.log.warn(
          { recordId: id, reason: messageOf(error) },
          'the archive has old tags or meta data of a run',
        )
        if (isDomainError(error, 'unavailable')) return this.#pause(id)
      }
    }
  }

  #pause(id: RecordId): void {
    this.#waiting.add(id)
    this.#paused = this.#parts.clock.after(RETRY_MS, () => {
      this.#paused = undefined
      this.#go()
    })
  }
}
