/** One order on its way: what became of each path so far, and with whose rights the file system is called. */

import type { ObjectPlace, Outcome, PathEntry, PathOutcome } from '../path-entry.ts'
import type { StepOrder, TaskResult } from '../task-order.ts'
import { asSubmitter } from './file/as-submitter.ts'
import { Confined } from './file/confined.ts'
import { sentenceOf } from './file/refusal.ts'
import type { MoverParts } from './parts.ts'

export function ownerOf({ task }: Pick<StepOrder, 'task'>): string {
  return `task-${task}`
}

export class Work implements Disposable {
  readonly order: StepOrder
  readonly parts: MoverParts
  readonly confined: Confined
  readonly #outcomes = new Map<number, PathOutcome>()
  readonly #objects = new Map<number, ObjectPlace>()
  /** Of files without an outcome: how much has passed. */
  readonly #passing = new Map<number, number>()
  #movedBytes = 0

  constructor(order: StepOrder, parts: MoverParts) {
    this.order = order
    this.parts = parts
    this.confined = new Confined(order.site.roots)
  }

  /** Who holds the locks: the same when the task is done again after a crash. */
  get owner(): string {
    return ownerOf(this.order)
  }

  /** Once a path; what comes later is passed over. */
  settle(index: number, outcome: Outcome, message = '', movedBytes = 0): void {
    if (this.#outcomes.has(index)) return
    this.#outcomes.set(index, { path: this.order.entries[index]!.path, outcome, message, movedBytes })
    this.#movedBytes += movedBytes
    this.#passing.delete(index)
    this.#tell()
  }

  /** It was so before; the next step takes it as if it had been done now. */
  settleAlready(index: number, message: string): void {
    if (this.#outcomes.has(index)) return
    const { path } = this.order.entries[index]!
    this.#outcomes.set(index, { path, outcome: 'skipped', message, movedBytes: 0, already: true })
    this.#passing.delete(index)
    this.#tell()
  }

  /** What was dropped has not failed, and is left. */
  fail(index: number, error: unknown, doing = ''): void {
    if (this.isDropped(error)) return
    const sentence = sentenceOf(error, this.order.identity)
    this.settle(index, 'failed', doing === '' ? sentence : `${doing}: ${sentence}`)
  }

  isDropped(error: unknown): boolean {
    return this.parts.ending.aborted && (error as Error | null)?.name === 'AbortError'
  }

  /** For the next step; undefined where its path says it. */
  tellObject(index: number, object: ObjectPlace | undefined): void {
    if (object === undefined) this.#objects.delete(index)
    else this.#objects.set(index, object)
  }

  isSettled(index: number): boolean {
    return this.#outcomes.has(index)
  }

  /** How much of a file has passed, so that a long one shows progress; it counts for good with its outcome. */
  tellBytes(index: number, sizeBytes: number): void {
    this.#passing.set(index, sizeBytes)
    this.#tell()
  }

  #tell(): void {
    const passing = this.#passing.values().reduce((sum, sizeBytes) => sum + sizeBytes, 0)
    this.parts.progress(this.#outcomes.size, this.#movedBytes + passing)
  }

  asSubmitter<Result>(run: () => Result): Result {
    return asSubmitter(this.parts, this.order.identity, run)
  }

  point(name: string): void {
    this.parts.point?.(name)
  }

  /** Whatever has no outcome was not begun. */
  result(): TaskResult {
    const { entries } = this.order
    const outcomes = entries.map((entry, index) => {
      const object = this.#objects.get(index)
      return { ...(this.#outcomes.get(index) ?? stopped(entry)), ...(object && { object }) }
    })
    const left = [...entries.keys()].filter((index) => !this.#outcomes.has(index))
    return { outcomes, failure: null, ...(this.parts.ending.aborted && left.length > 0 && { left }) }
  }

  [Symbol.dispose](): void {
    this.confined[Symbol.dispose]()
  }
}

function stopped({ path }: PathEntry): PathOutcome {
  return { path, outcome: 'aborted', message: 'The task was stopped before this path was done.', movedBytes: 0 }
}
