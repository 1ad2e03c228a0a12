/** How an attempt ended, in the words of the record. Pure. */

import type { Instant } from '../base/clock.ts'
import type { Attempt } from '../executor/executor.ts'
import type { ExitFacts } from '../job/event.ts'
import type { ForkEvent } from './fork/forker.ts'
import type { EndEvent } from './journal-entry.ts'
import type { Running } from './running.ts'
import { signalName } from './signal/signal-name.ts'

type Exited = Extract<ForkEvent, { kind: 'exited' }>

export function describeEnd(running: Running, event: Exited, at: Instant): EndEvent {
  const { jobId, attempt, sample, startedAt } = running
  const facts: ExitFacts = {
    at,
    exitCode: event.exitCode,
    signal: event.signal === null ? null : signalName(event.signal),
    cpuMs: Math.max(event.cpuMs, sample.cpuMs),
    maxRamMb: Math.round(Math.max(event.maxRamMb, sample.peakRamMb) * 10) / 10,
  }
  const begun = startedAt === null ? {} : { startedAt }
  return { kind: 'exited', jobId, attempt, facts: { ...facts, ...begun, ...doingOf(running, event) } }
}

/** Stopped while it waited for a place. */
export function endBeforeStart({ jobId, attempt }: Attempt, at: Instant): EndEvent {
  const facts = { at, exitCode: null, signal: null, cpuMs: 0, maxRamMb: 0 }
  return { kind: 'exited', jobId, attempt, facts: { ...facts, cause: 'stopped', reason: 'stopped before it started' } }
}

/** Whose doing the end was, where exit code and signal do not say it all. */
function doingOf({ ending, sent }: Running, { failure }: Exited): Pick<ExitFacts, 'cause' | 'reason'> {
  if (failure) return { cause: 'start', reason: failure }
  if (!ending || sent.length === 0) return {}
  return { cause: ending.cause, reason: `${ending.reason} (${sent.join(', ')})` }
}
