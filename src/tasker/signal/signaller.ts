/** Brings a signal to the processes of a job, and never to a stranger's. */

import { signalExactly } from '../../executor/resident/process/process-identity.ts'
import type { Process } from '../../executor/resident/process/process-table.ts'
import type { Forker } from '../fork/forker.ts'
import type { ProcessWatch } from '../process/process-watch.ts'
import type { Running } from '../running.ts'
import type { NameChoice } from './name-choice.ts'
import { signalNumber } from './signal-name.ts'

export interface SignallerParts {
  forker: Forker
  watch: ProcessWatch
}

/** Whom a signal reached: the first process of the job (mostly with its whole group), only others of the job, or nobody. */
export type Hit = 'main' | 'others' | 'none'

export interface Delivery {
  running: Running
  signal: NodeJS.Signals
  choice: NameChoice
}

/** Calls `done` once: its group gets the signal at once, then one by one what left the group. */
export function deliver({ forker, watch }: SignallerParts, delivery: Delivery, done: (hit: Hit) => void): void {
  const { running, signal, choice } = delivery
  const main = running.process?.pid
  // Looked up before the signal: it may end the parents that show whose the others are.
  const members = watch.membersOf(running)
  if (choice) {
    const hit = signalEach(
      members.filter(({ name }) => choice(name)),
      signal,
    )
    done(hit.some(({ pid }) => pid === main) ? 'main' : hit.length > 0 ? 'others' : 'none')
    return
  }
  const outsiders = members.filter(({ pid, group }) => group !== main && pid !== main)
  for (const { pid, startTime } of outsiders) running.outsiders.set(pid, startTime)
  forker.signal(running.slot, signalNumber(signal), (delivered) => {
    const others = signalEach(outsiders, signal)
    done(delivered ? 'main' : others.length > 0 ? 'others' : 'none')
  })
}

/** Those that got it. */
function signalEach(processes: readonly Process[], signal: NodeJS.Signals): Process[] {
  return processes.filter(({ pid, startTime }) => signalExactly(pid, startTime, signal))
}
