/** Lets go what is older than its time: runs that ended longer ago than `jobs_ttl`, and searches (spec/hub.md 5.5, 10.2). */

import type { Clock } from '../../../base/clock.ts'
import type { Logger } from '../../../base/log.ts'
import type { Service } from '../../../base/service.ts'
import type { WorkflowStore } from '../../../store/workflow-store.ts'
import { createRound } from '../../round.ts'

export interface CleaningParts {
  store: Pick<WorkflowStore, 'removeRunsBefore'>
  keepMs(): Promise<number>
  searches: { letGo(): Promise<void> }
  clock: Clock
  log: Logger
}

const ROUND_MS = 3_600_000
const AT_ONCE = 1000

export function createCleaning(parts: CleaningParts): Service {
  const { store, keepMs, searches, clock } = parts
  const work = async () => {
    const before = clock.now() - (await keepMs())
    while ((await store.removeRunsBefore(before, AT_ONCE)) === AT_ONCE);
    await searches.letGo()
  }
  return createRound({ complaint: 'what is old could not be let go', everyMs: ROUND_MS, work }, parts)
}
