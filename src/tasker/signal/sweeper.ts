/** Kills what is left of jobs that were ended: nothing of them may go on in another session. */

import type { Clock } from '../../base/clock.ts'
import { signalExactly } from '../../executor/resident/process/process-identity.ts'
import type { ProcessWatch } from '../process/process-watch.ts'
import type { Running } from '../running.ts'

export interface SweeperParts {
  clock: Clock
  watch: ProcessWatch
}

/** Many jobs that end together are swept together. */
const PAUSE_MS = 20
/** Looks may take at most one part in so many of the time. */
const REST_PER_COST = 4
/** What makes new processes faster than this many sweeps is left alone. */
const MOST_SWEEPS = 50

export class Sweeper {
  readonly #parts: SweeperParts
  /** Sweeps so far. */
  readonly #due = new Map<Running, number>()
  #pauseMs = PAUSE_MS
  #isWaiting = false

  constructor(parts: SweeperParts) {
    this.#parts = parts
  }

  /** To be called when its first process is reaped. */
  add(running: Running): void {
    this.#due.set(running, 0)
    this.#wait()
  }

  #wait(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#parts.clock.after(this.#pauseMs, () => {
      this.#isWaiting = false
      this.#sweep()
    })
  }

  #sweep(): void {
    const { byKey, costMs } = this.#parts.watch.look()
    for (const [running, sweeps] of this.#due) {
      const left = byKey.get(running.key) ?? []
      for (const { pid, startTime } of left) running.outsiders.set(pid, startTime)
      const killed = [...running.outsiders].filter(([pid, startTime]) => signalExactly(pid, startTime, 'SIGKILL'))
      if (killed.length > 0 && sweeps < MOST_SWEEPS) this.#due.set(running, sweeps + 1)
      else this.#due.delete(running)
    }
    this.#pauseMs = Math.max(PAUSE_MS, costMs * REST_PER_COST)
    if (this.#due.size > 0) this.#wait()
  }
}
