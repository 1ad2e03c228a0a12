/** Looks at the processes of the running jobs every second or two, and not at all while there are none. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'
import type { ExecutorSamples, RunSample } from '../executor/executor.ts'
import type { Process } from '../executor/resident/process/process-table.ts'
import type { Members, ProcessWatch } from './process/process-watch.ts'
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
/** So many attempts are measured without a break, some two milliseconds. */
const AT_ONCE = 64

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
      if (this.#parts.running().size > 0) void this.#look().then((pauseMs) => this.#wait(pauseMs))
      else this.#waiting = false
    })
  }

  /** Milliseconds until the next look. */
  async #look(): Promise<number> {
    const { clock, watch, running, tell } = this.#parts
    const now = clock.monotonicMs()
    // Jobs shorter than this are measured by their end alone.
    const grown = [...running().values()].filter(
      ({ stopwatch, suspended }) => suspended || stopwatch.elapsedMs(now) >= INTERVAL_MS,
    )
    if (grown.length === 0) return INTERVAL_MS
    const { byKey, readAtMs } = watch.survey()
    let costMs = readAtMs - now
    const runs: RunSample[] = []
    for (let from = 0; from < grown.length; from += AT_ONCE) {
      // Starts and ends of jobs go before.
      if (from > 0) await nextTurn()
      const beganMs = clock.monotonicMs()
      runs.push(...this.#measure(grown.slice(from, from + AT_ONCE), byKey))
      costMs += clock.monotonicMs() - beganMs
    }
    if (runs.length > 0) tell({ at: clock.now(), host: null, runs })
    return Math.max(INTERVAL_MS, costMs * REST_PER_COST)
  }

  /** Those that there is anything of. */
  #measure(attempts: readonly Running[], byKey: Members['byKey']): RunSample[] {
    return attempts.flatMap((attempt) => {
      if (attempt.over) return []
      const run = look(attempt, byKey.get(attempt.key) ?? [])
      this.#parts.sampled(attempt)
      return run.processes > 0 ? [run] : []
    })
  }
}

function look({ jobId, attempt, startedAt, sample, meter }: Running, members: readonly Process[]): RunSample {
  const usage = meter.look(members)
  sample.ramMb = usage.ramMb
  sample.peakRamMb = Math.max(sample.peakRamMb, usage.ramMb)
  sample.cpuMs = usage.cpuMs
  return { jobId, attempt, startedAt: startedAt ?? 0, ...usage }
}
