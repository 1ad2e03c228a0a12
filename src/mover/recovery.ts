/** Puts in order what a crash left in a site's files: before the first task, and after a worker died, once nothing runs. */

import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { LineLog } from '../executor/resident/line-log.ts'
import type { Site } from '../workflow/site.ts'
import type { Crew } from './crew.ts'

export interface RecoveryParts {
  crew: Crew
  clock: Clock
  log: LineLog
  /** As it is set up now. */
  site(): Site
}

/** A recovery whose workers die, or whose storage hangs, does not keep a site from working for ever: each step looks after its own. */
const MOST_TRIES = 3
const PATIENCE_MS = 120_000

export class Recovery {
  readonly #parts: RecoveryParts
  #state: 'first' | 'demanded' | 'running' | 'done' = 'first'
  #tries = 0

  constructor(parts: RecoveryParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    return this.#state === 'first' || this.#state === 'demanded'
  }

  /** No task may begin now. */
  get blocks(): boolean {
    return this.#state === 'first' || this.#state === 'running'
  }

  demand(): void {
    if (this.#state === 'done') this.#state = 'demanded'
  }

  begin(over: () => void): void {
    this.#state = 'running'
    this.#tries = 0
    this.#try(over)
  }

  #try(over: () => void): void {
    this.#tries += 1
    let cancelPatience = () => {}
    const finish = (problem: string | null) => {
      cancelPatience()
      if (problem !== null) this.#parts.log('error', `what a crash left is not in order: ${problem}`)
      this.#state = 'done'
      over()
    }
    try {
      const worker = this.#parts.crew.hire({
        heard: (message) => {
          if (message.kind !== 'recovered') return
          worker.release()
          finish(message.problem)
        },
        died: (reason) => {
          cancelPatience()
          if (this.#tries < MOST_TRIES) this.#try(over)
          else finish(reason)
        },
      })
      worker.say({ kind: 'recover', site: this.#parts.site() })
      cancelPatience = this.#parts.clock.after(PATIENCE_MS, () => {
        this.#tries = MOST_TRIES
        worker.signal('SIGKILL')
      })
    } catch (error) {
      finish(messageOf(error))
    }
  }
}
