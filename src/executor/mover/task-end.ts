/** How a task ended, in the words of the record. Pure. */

import type { Instant } from '../../base/clock.ts'
import type { ExitFacts } from '../../job/event.ts'
import type { TaskEnd } from '../desk.ts'
import type { MoverEnd } from '../mover-protocol.ts'

const SOME_FAILED = 1
const ALL_FAILED = 2

export function factsOf({ at, startedAt, cpuMs, maxRamMb, end }: Extract<MoverEnd, { kind: 'ended' }>): ExitFacts {
  return { at, startedAt, signal: null, cpuMs, maxRamMb, ...verdictOf(end) }
}

/** Of one that no mover ever had. */
export function factsOfUnbegun(end: TaskEnd, at: Instant): ExitFacts {
  const facts = { at, signal: null, cpuMs: 0, maxRamMb: 0, ...verdictOf(end) }
  return end.stopped ? facts : { ...facts, cause: 'start' }
}

function verdictOf({ outcomes, failure, stopped }: TaskEnd): Pick<ExitFacts, 'exitCode' | 'cause' | 'reason'> {
  if (stopped) return { exitCode: null, cause: 'stopped', reason: failure ?? 'stopped after the path in hand' }
  if (failure !== null) return { exitCode: ALL_FAILED, cause: 'exit', reason: failure }
  const failed = outcomes.filter(({ outcome }) => outcome === 'failed')
  if (failed.length === 0) return { exitCode: 0 }
  const [first] = failed
  const reason = `${failed.length} of ${outcomes.length} paths failed, first ${first?.path}: ${first?.message}`
  return { exitCode: SOME_FAILED, cause: 'exit', reason }
}
