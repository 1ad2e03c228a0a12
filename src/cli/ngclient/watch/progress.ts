/** How far a job is, how fast it goes and when it will be done, from what its hub tells now and then. Pure. */

import type { Instant } from '../../../base/clock.ts'
import type { HubJob } from '../hub/job.ts'

/** One look at a job. */
export interface Look {
  /** Monotonic milliseconds. */
  atMs: Instant
  files: number
  allFiles: number
  bytes: number
  allBytes: number
}

const ENDS = ['processed', 'skipped', 'aborted', 'failed']

export function lookAt(
  { numfiles = 0, total_bytes = 0, moved_bytes: bytes = 0, stats = {} }: HubJob,
  atMs: Instant,
): Look {
  const files = ENDS.reduce((sum, end) => sum + (stats[end] ?? 0), 0)
  // A workflow of several steps counts a path once a step, so that the ends outnumber what was found.
  return { atMs, files, allFiles: Math.max(numfiles, files), bytes, allBytes: Math.max(total_bytes, bytes) }
}

/** 0 to 1: by files, or by bytes where a few large files say more. */
export function shareOf({ files, allFiles, bytes, allBytes }: Look): number {
  return Math.max(allFiles > 0 ? files / allFiles : 0, allBytes > 0 ? bytes / allBytes : 0)
}

export interface Pace {
  filesPerS: number
  bytesPerS: number
  /** Seconds until all is done that is known now; null while that would be a guess. */
  leftS: number | null
}

/** Looks over which a pace is taken: short enough to follow a change, long enough to lie still. */
const WINDOW_MS = 20_000

/** Done before this much of it, a job says nothing of its end: the time in which files were looked for is most of the time. */
const TELLING_SHARE = 0.01

export class Meter {
  #looks: Look[] = []

  /** Over a pause there is no pace. */
  forget(): void {
    this.#looks = []
  }

  note(look: Look): void {
    const since = look.atMs - WINDOW_MS
    // One that is older stays, so that a rare look still has one to be held against.
    while (this.#looks.length > 1 && this.#looks[1]!.atMs <= since) this.#looks.shift()
    this.#looks.push(look)
  }

  get pace(): Pace {
    const [first, last] = [this.#looks.at(0), this.#looks.at(-1)]
    const seconds = first && last ? (last.atMs - first.atMs) / 1000 : 0
    if (!first || !last || seconds === 0) return { filesPerS: 0, bytesPerS: 0, leftS: null }
    const share = shareOf(last)
    const gained = share - shareOf(first)
    const tells = gained > 0 && share >= TELLING_SHARE && share < 1
    return {
      filesPerS: (last.files - first.files) / seconds,
      bytesPerS: (last.bytes - first.bytes) / seconds,
      leftS: tells ? ((1 - share) / gained) * seconds : null,
    }
  }
}
