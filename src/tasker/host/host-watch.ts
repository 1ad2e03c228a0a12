/** Looks at the host every few seconds, also while nothing runs. */

import type { Clock } from '../../base/clock.ts'
import type { ExecutorSamples } from '../../executor/executor.ts'
import { type HostReading, readHost, sampleBetween } from './host-reading.ts'

export const HOST_INTERVAL_MS = 5000

export interface HostWatchParts {
  clock: Clock
  tell(samples: ExecutorSamples): void
  /** As the host tells it; `atMs` on the monotonic clock. */
  read?: (atMs: number) => HostReading
}

/** Tells a sample every `HOST_INTERVAL_MS` from now on, for as long as the process lives. */
export function watchHost({ clock, tell, read = readHost }: HostWatchParts): void {
  const look = (before: HostReading) => {
    clock.after(HOST_INTERVAL_MS, () => {
      const after = read(clock.monotonicMs())
      tell({ at: clock.now(), host: sampleBetween(before, after), runs: [] })
      look(after)
    })
  }
  look(read(clock.monotonicMs()))
}
