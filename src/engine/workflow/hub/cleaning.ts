/** Lets runs go that ended longer ago than `jobs_ttl` (spec/hub.md 5.5). */

import type { Clock } from '../../../base/clock.ts'
import { messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Service } from '../../../base/service.ts'
import type { WorkflowStore } from '../../../store/workflow-store.ts'

export interface CleaningParts {
  store: Pick<WorkflowStore, 'removeRunsBefore'>
  keepMs(): Promise<number>
  clock: Clock
  log: Logger
}

const ROUND_MS = 3_600_000
const AT_ONCE = 1000

export function createCleaning({ store, keepMs, clock, log }: CleaningParts): Service {
  let cancel: (() => void) | undefined
  let round: Promise<void> = Promise.resolve()
  const sweep = async () => {
    const before = clock.now() - (await keepMs())
    while ((await store.removeRunsBefore(before, AT_ONCE)) === AT_ONCE);
  }
  const turn = () => {
    round = sweep()
      .catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'old runs could not be let go'))
      .finally(() => {
        if (cancel) cancel = clock.after(ROUND_MS, turn)
      })
  }
  return {
    async start() {
      cancel = clock.after(ROUND_MS, turn)
    },
    async stop() {
      cancel?.()
      cancel = undefined
      await round
    },
  }
}
