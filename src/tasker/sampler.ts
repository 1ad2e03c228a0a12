/** Looks at the processes of the running jobs every second or two, and not at all while there are none. */

import type { Clock } from '../base/clock.ts'
import type { ExecutorSamples, RunSample } from '../executor/executor.ts'
import type { Process } from './process/process-table.ts'
import type { ProcessWatch } from './process/process-watch.ts'
import type { Running } from './running.ts'

export interface SamplerParts {
  clock: Clock
  watch: ProcessWatch
  running(): ReadonlyMap<string, Running>
  /** Called for every attempt that was looked at. */
  sampled(running: Running): void
  /** What a look saw, if anything. */
  tell(samples: ExecutorSamples): void
}

const INTERVAL_MS = 1000
/** A look may cost at most one part in so many of the time between two. */
const REST_PER_COST = 20

export class Sampler {
  readonly #parts: SamplerParts
  #waiting = false

  constructor(parts: SamplerParts) {
    this.#parts = parts
  }

  /** To be called whenever an attempt begins. */
  wake(): void {
    if (!this.#waiting) this.#wait(INTERVAL_MS)
  }

  #wait(delayMs: number): void {
    this.#waiting = true
    this.#parts.clock.after(delayMs, () => {
      this.#waiting = false
      if (this.#parts.running().size > 0) this.#wait(this.#look())
    })
  }

  /** Milliseconds until the next look. */
  #look(): number {
    const { clock, watch, running, sampled, tell } = this.#parts
    const now = clock.monotonicMs()
    // Jobs shorter than this are measured by their end alone.
    const grown = [...running().values()].filter(
      ({ stopwatch, suspended }) => suspended || stopwatch.elapsedMs(now) >= INTERVAL_MS,
    )
    if (grown.length === 0) return INTERVAL_MS
    const { byKey } = watch.survey()
    const runs = grown.map((attempt) => look(attempt, byKey.get(attempt.key) ?? []))
    for (const attempt of grown) sampled(attempt)
    const seen = runs.filter(({ processes }) => processes > 0)
    if (seen.length > 0) tell({ at: clock.now(), host: null, runs: seen })
    return Math.max(INTERVAL_MS, (clock.monotonicMs() - now) * REST_PER_COST)
  }
}

function look({ jobId, attempt, startedAt, sample, meter }: Running, members: readonly Process[]): RunSample {
  const usage = meter.look(members)
  sample.ramMb = usage.ramMb
  sample.peakRamMb = Math.max(sample.peakRamMb, usage.ramMb)
  sample.cpuMs = usage.cpuMs
  return { jobId, attempt, startedAt: startedAt ?? 0, ...usage }
}
