/** An attempt that the movers' executor answers for: from its order until its end is stored. */

import type { Attempt, Inventory } from '../executor.ts'
import { attemptKey } from '../mover-protocol.ts'

export interface Held extends Attempt {
  /** '' until its order is known. */
  site: string
  /** A mover has it, or had it when it was last heard of. */
  isGiven: boolean
  suspended: boolean
  /** Before a mover had it. */
  stopped: boolean
  /** It is to end early; told again to a mover that may not have heard it. */
  yielding: boolean
}

export class HeldAttempts {
  readonly #held = new Map<string, Held>()

  get(attempt: Attempt): Held | undefined {
    return this.#held.get(attemptKey(attempt))
  }

  add({ jobId, attempt }: Attempt, site = ''): Held {
    const known = this.get({ jobId, attempt })
    if (known) return known
    const held = { jobId, attempt, site, isGiven: false, suspended: false, stopped: false, yielding: false }
    this.#held.set(attemptKey(held), held)
    return held
  }

  drop(attempt: Attempt): void {
    this.#held.delete(attemptKey(attempt))
  }

  ofSite(site: string): Held[] {
    return [...this.#held.values()].filter((held) => held.site === site)
  }

  running(): Inventory['running'] {
    return [...this.#held.values()].map(({ jobId, attempt, suspended }) => ({ jobId, attempt, suspended }))
  }
}
