/** Findings on their way to whoever stores them: in batches, a few at a time, each with where to go on after it. */

import type { PathEntry, PathOutcome } from '../path-entry.ts'
import { bytesOfPath, textOfPath } from '../path-name.ts'
import type { Finding } from '../task-order.ts'

export const BATCH = 1000
const IN_FLIGHT = 3
const REFUSALS = 1000

export class Telling {
  readonly #found: (finding: Finding) => Promise<void>
  readonly #onTheWay: Promise<void>[] = []
  readonly #refused: PathOutcome[] = []
  #refusedCount = 0
  #sequence: number

  constructor(sequence: number, found: (finding: Finding) => Promise<void>) {
    this.#sequence = sequence
    this.#found = found
  }

  /** Waits while too many are on their way. @throws what storing threw */
  async tell(entries: readonly PathEntry[], cursor: string): Promise<void> {
    if (entries.length === 0) return
    while (this.#onTheWay.length >= IN_FLIGHT) await this.#onTheWay.shift()
    const told = this.#found({ sequence: this.#sequence, entries, cursor })
    // Looked at when its turn comes.
    told.catch(() => undefined)
    this.#onTheWay.push(told)
    this.#sequence += 1
  }

  async end(): Promise<void> {
    await Promise.all(this.#onTheWay.splice(0))
  }

  /** A path that could not be read. */
  refuse(path: string, message: string): void {
    this.#refusedCount += 1
    if (this.#refused.length < REFUSALS) this.#refused.push({ path, outcome: 'failed', message, movedBytes: 0 })
  }

  /** At most a thousand; the last says how many more there were. */
  get refused(): PathOutcome[] {
    const more = this.#refusedCount - this.#refused.length
    const last = this.#refused.at(-1)
    if (more === 0 || last === undefined) return this.#refused
    return [...this.#refused.slice(0, -1), { ...last, message: `${last.message}; and ${more} more could not be read` }]
  }
}

/** Where a batch ended, as text that any store keeps. */
export function cursorOf(stage: number, path: string): string {
  return `${stage}:${bytesOfPath(path).toString('base64url')}`
}

export function readCursor(cursor: string | null): { stage: number; path: string | undefined } {
  const [, stage, path] = /^(\d+):(.*)$/.exec(cursor ?? '') ?? []
  if (stage === undefined || path === undefined) return { stage: 0, path: undefined }
  return { stage: Number(stage), path: textOfPath(Buffer.from(path, 'base64url')) }
}
