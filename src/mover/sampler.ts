/** Looks at what the running tasks use every second or two, and not at all while there are none. */

import type { Clock } from '../base/clock.ts'
import type { ExecutorSamples, RunSample } from '../executor/executor.ts'
import { Meter, type Usage } from '../executor/resident/process/meter.ts'
import { type ProcessTable, readProcesses } from '../executor/resident/process/process-table.ts'
import type { Assignment } from './assignment.ts'
import { membersOf } from './session.ts'

export interface SamplerParts {
  clock: Clock
  running(): readonly Assignment[]
  tell(samples: ExecutorSamples): void
}

/** A worker has done other tasks before: what it had used by then is not this one's. */
interface Course {
  meter: Meter
  base: Usage
}

const INTERVAL_MS = 1000
/** A look may cost at most one part in so many of the time between two. */
const REST_PER_COST = 20

export class Sampler {
  readonly #parts: SamplerParts
  #courses = new Map<Assignment, Course>()
  #isAwake = false

  constructor(parts: SamplerParts) {
    this.#parts = parts
  }

  /** To be called when tasks have begun. */
  wake(): void {
    if (this.#isAwake) return
    this.#isAwake = true
    this.#look()
  }

  #look(): void {
    const { clock, running, tell } = this.#parts
    const beganMs = clock.monotonicMs()
    const tasks = running()
    if (tasks.length === 0) {
      this.#isAwake = false
      this.#courses.clear()
      return
    }
    const table = readProcesses()
    const known = this.#courses
    this.#courses = new Map()
    const runs = tasks.flatMap((task) => this.#measure(task, known.get(task), table))
    if (runs.length > 0) tell({ at: clock.now(), host: null, runs })
    const pauseMs = Math.max(INTERVAL_MS, (clock.monotonicMs() - beganMs) * REST_PER_COST)
    clock.after(pauseMs, () => this.#look())
  }

  /** Nothing at the first look, which the later ones are compared with. */
  #measure(task: Assignment, known: Course | undefined, table: ProcessTable): RunSample[] {
    const { jobId, attempt, startedAt, worker } = task
    const members = worker ? membersOf(worker.pid, table) : []
    if (members.length === 0) return []
    const meter = known?.meter ?? new Meter()
    const usage = meter.look(members)
    const base = known?.base ?? usage
    this.#courses.set(task, { meter, base })
    return known ? [{ jobId, attempt, startedAt, ...since(usage, base) }] : []
  }
}

function since(usage: Usage, base: Usage): Usage {
  const less = (now: number | null, before: number | null) => (now === null ? null : now - (before ?? 0))
  return {
    ...usage,
    cpuMs: usage.cpuMs - base.cpuMs,
    readBytes: less(usage.readBytes, base.readBytes),
    writtenBytes: less(usage.writtenBytes, base.writtenBytes),
  }
}
