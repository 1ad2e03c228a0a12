/** New ids, set aside in the store a block at a time so that giving one costs nothing. */

import type { JobId } from '../job/job.ts'
import type { JobStore } from '../store/store.ts'

const BLOCK = 1000

export class IdSource {
  readonly #jobs: Pick<JobStore, 'reserveIds'>
  #next = 0
  #end = 0
  #refill: Promise<void> | undefined

  constructor(jobs: Pick<JobStore, 'reserveIds'>) {
    this.#jobs = jobs
  }

  /** The next id: at once while the block lasts. Ids rise in the order of the calls. */
  take(): JobId | Promise<JobId> {
    if (this.#next < this.#end) return this.#next++
    return this.#refilled()
  }

  async #refilled(): Promise<JobId> {
    while (this.#next >= this.#end) {
      this.#refill ??= this.#reserve()
      await this.#refill
    }
    return this.#next++
  }

  async #reserve(): Promise<void> {
    try {
      this.#next = await this.#jobs.reserveIds(BLOCK)
      this.#end = this.#next + BLOCK
    } finally {
      this.#refill = undefined
    }
  }
}
