/** Work that comes round again: at even distances, never twice at once, and over when `stop` settles. */

import type { Clock } from '../../base/clock.ts'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'

export interface Round extends Service {
  /** Does the work now, or once more when it is being done; settles afterwards. */
  turn(): Promise<void>
}

export interface RoundPlan {
  /** For the log, after "could not": `footprints of running jobs could not be computed`. */
  complaint: string
  everyMs: number
  work: () => Promise<void>
}

export function createRound(
  { complaint, everyMs, work }: RoundPlan,
  { clock, log }: { clock: Clock; log: Logger },
): Round {
  let cancel: (() => void) | undefined
  let running = false
  let present: Promise<void> = Promise.resolve()
  const turn = () => {
    present = present.then(work).catch((error: unknown) => log.warn({ reason: messageOf(error) }, complaint))
    return present
  }
  const plan = () => {
    cancel = clock.after(everyMs, () => void turn().then(() => running && plan()))
  }
  return {
    turn,
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
