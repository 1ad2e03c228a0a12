/** How an attempt ended, in the words of the record. Pure. */

import type { Instant } from '../base/clock.ts'
import type { ExitFacts } from '../job/event.ts'
import type { ForkEvent } from './fork/forker.ts'
import type { EndEvent } from './journal-entry.ts'
import type { Running } from './running.ts'
import { signalName } from './signal/signal-name.ts'

type Exited = Extract<ForkEvent, { kind: 'exited' }>

export function describeEnd(running: Running, event: Exited, at: Instant): EndEvent {
  const { jobId, attempt, sample } = running
  const facts: ExitFacts = {
    at,
    exitCode: event.exitCode,
    signal: event.signal === null ? null : signalName(event.signal),
    cpuMs: Math.max(event.cpuMs, sample.cpuMs),
    maxRamMb: Math.round(Math.max(event.maxRamMb, sample.peakRamMb) * 10) / 10,
  }
  return { kind: 'exited', jobId, attempt, facts: { ...facts, ...doingOf(running, event) } }
}

/** Whose doing the end was, where exit code and signal do not say it all. */
function doingOf({ ending, sent }: Running, { failure }: Exited): Pick<ExitFacts, 'cause' | 'reason'> {
  if (failure) return { cause: 'start', reason: failure }
  if (!ending || sent.length === 0) return {}
  return { cause: ending.cause, reason: `${ending.reason} (${sent.join(', ')})` }
}
