/** One discovery on its way. */

import { DomainError } from '../../base/errors.ts'
import { asSubmitter } from '../mover/file/as-submitter.ts'
import { Confined } from '../mover/file/confined.ts'
import type { PathEntry } from '../path-entry.ts'
import type { DiscoveryOrder } from '../task-order.ts'
import type { DiscoveryParts } from './parts.ts'
import { Telling } from './telling.ts'

export class Searching implements Disposable {
  readonly order: DiscoveryOrder
  readonly parts: DiscoveryParts
  readonly confined: Confined
  readonly telling: Telling
  #storing: unknown

  constructor(order: DiscoveryOrder, parts: DiscoveryParts) {
    this.order = order
    this.parts = parts
    this.confined = new Confined(order.site.roots)
    this.telling = new Telling(parts.sequence, (finding) => parts.found(finding))
  }

  asSubmitter<Result>(run: () => Result): Result {
    return asSubmitter(this.parts, this.order.identity, run)
  }

  async store(entries: readonly PathEntry[], cursor: string): Promise<void> {
    try {
      await this.telling.tell(entries, cursor)
    } catch (error) {
      this.#storing = error
      throw error
    }
  }

  /** Whether an error is of the storing, and no matter of a path. */
  isStoring(error: unknown): boolean {
    return this.#storing === error || this.isStop(error)
  }

  isStop(error: unknown): boolean {
    return error === STOPPED
  }

  /** @throws when the discovery is to end; to be called where the cursor is that goes on from here */
  checkStop(): void {
    if (this.parts.ending.aborted) throw STOPPED
  }

  [Symbol.dispose](): void {
    this.confined[Symbol.dispose]()
  }
}

const STOPPED = new DomainError('conflict', 'The discovery was stopped.')
