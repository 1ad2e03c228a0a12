/** Work that comes round again: at even distances, never twice at once, and over when `stop` settles. */

import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'

export interface RoundPlan {
  /** For the log, when a turn fails: `footprints of running jobs could not be computed`. The next turn comes all the same. */
  complaint: string
  /** From the start, and from the end of each turn, to the next. */
  everyMs: number
  work(): Promise<void>
}

export function createRound(
  { complaint, everyMs, work }: RoundPlan,
  { clock, log }: { clock: Clock; log: Logger },
): Service {
  let cancel: (() => void) | undefined
  let running = false
  let present: Promise<void> = Promise.resolve()
  const plan = () => {
    cancel = clock.after(everyMs, () => {
      present = Promise.resolve()
        .then(work)
        .catch((error: unknown) => log.warn({ reason: messageOf(error) }, complaint))
        .finally(() => running && plan())
    })
  }
  return {
    async start() {
      running = true
      plan()
    },
    async stop() {
      running = false
      cancel?.()
      await present
    },
  }
}
