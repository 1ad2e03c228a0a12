/** The processes of the running jobs, looked up on demand; many questions at once share one pass over /proc. */

import type { Clock } from '../../base/clock.ts'
import { type Process, type ProcessTable, readProcesses } from '../../executor/resident/process/process-table.ts'
import type { Running } from '../running.ts'
import { markIn, ownersOf, type Roots } from './process-tree.ts'

export interface Members {
  /** The processes of each attempt by its key. */
  byKey: ReadonlyMap<string, readonly Process[]>
  readAtMs: number
  costMs: number
}

export interface WatchParts {
  clock: Clock
  epoch: string
  /** Process that adopts what jobs leave behind; null when that is not one of ours. */
  forkerPid: number | null
  running(): Iterable<Running>
}

/** A look is good for this many times what it took, so that thousands of stops cannot keep the tasker looking. */
const GOOD_FOR_COSTS = 2
const KERNEL_THREADS = 2

export class ProcessWatch {
  readonly #parts: WatchParts
  readonly #mark: (process: Process) => string | undefined
  /** The last look. */
  #members: Members | undefined

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#mark = markIn(parts.epoch)
  }

  /** Those of one attempt, also such as left group, session and parents behind. */
  membersOf({ key, bornMs }: Running): readonly Process[] {
    const { clock } = this.#parts
    const known = this.#members
    const isFresh = known && clock.monotonicMs() - known.readAtMs <= known.costMs * GOOD_FOR_COSTS
    const { byKey } = isFresh && known.readAtMs > bornMs ? known : this.look()
    return byKey.get(key) ?? []
  }

  /** Those of every attempt as they are now, also of attempts that are over; what it cost in time. */
  look(): Members {
    const { forkerPid } = this.#parts
    const isStray = ({ pid, parent }: Process) =>
      forkerPid === null ? pid !== KERNEL_THREADS && parent !== KERNEL_THREADS : parent === forkerPid
    this.#members = this.#read((process) => (isStray(process) ? this.#mark(process) : undefined))
    return this.#members
  }

  /** As `look`, cheaper, without those that left their attempt. */
  survey(): Members {
    return this.#read(() => undefined)
  }

  #read(markOf: Roots['markOf']): Members {
    const { clock, running } = this.#parts
    const startedMs = clock.monotonicMs()
    const mains = new Map<number, string>()
    for (const { process, key } of running()) if (process) mains.set(process.pid, key)
    const byKey = group(readProcesses(), { mains, markOf })
    const readAtMs = clock.monotonicMs()
    return { byKey, readAtMs, costMs: readAtMs - startedMs }
  }
}

function group(table: ProcessTable, roots: Roots): Map<string, Process[]> {
  const byKey = new Map<string, Process[]>()
  for (const [pid, key] of ownersOf(table, roots)) {
    const process = table.get(pid)
    const members = byKey.get(key)
    if (process && members) members.push(process)
    else if (process) byKey.set(key, [process])
  }
  return byKey
}
