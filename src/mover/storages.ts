/** The storages that a worker has opened: each once, and all under its share of the site's bandwidth. */

import type { Clock } from '../base/clock.ts'
import { BandwidthLimiter } from '../object-storage/bandwidth.ts'
import type { ObjectStorage } from '../object-storage/object-storage.ts'
import { openObjectStorage } from '../object-storage/open.ts'
import type { Target } from '../workflow/site.ts'

export class Storages {
  readonly #clock: Clock
  readonly #limiter: BandwidthLimiter
  readonly #opened = new Map<string, Promise<ObjectStorage>>()

  constructor(clock: Clock) {
    this.#clock = clock
    this.#limiter = new BandwidthLimiter(null, clock)
  }

  /** 0 for no limit. */
  limit(bytesPerSecond: number): void {
    this.#limiter.bytesPerSecond = bytesPerSecond === 0 ? null : bytesPerSecond
  }

  /** @throws invalid for a target that cannot be */
  open({ storage, s3 }: Target): Promise<ObjectStorage> {
    // By where it is, not by its name: two sites may call one bucket differently.
    const key = JSON.stringify([storage, s3])
    const known = this.#opened.get(key)
    if (known) return known
    const opening = openObjectStorage(storage, { s3, limiter: this.#limiter, clock: this.#clock })
    this.#opened.set(key, opening)
    opening.catch(() => this.#opened.delete(key))
    return opening
  }
}
