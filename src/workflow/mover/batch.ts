/** A batch in groups: opened with the submitter's rights, locked, worked on by descriptor, closed. */

import { closeSync } from 'node:fs'
import { type OpenFile, statAgain } from './file/open-file.ts'
import { finishLeft } from './left-over.ts'
import { BUSY, takeLocks } from './locks.ts'
import type { Work } from './work.ts'

/** So many share a commit of the ledger and a sync of the file system; their descriptors are open at a time. */
const GROUP_PATHS = 400
/** A file that another task holds is tried again so often, and given up when nothing moved for so long. */
const RETRY_MS = 100
const PATIENCE_MS = 120_000

export interface Manner {
  isLocking: boolean
  /** With the submitter's rights, synchronously; undefined when the entry is settled. What it throws is told as the outcome. */
  open(index: number): OpenFile | undefined
  /** Settles every file. The stats are fresh. */
  act(files: readonly OpenFile[]): Promise<void>
}

export async function inGroups(work: Work, manner: Manner): Promise<void> {
  const { clock } = work.parts
  let left = [...work.order.entries.keys()]
  let movedAt = clock.monotonicMs()
  while (left.length > 0) {
    const busy: number[] = []
    for (let at = 0; at < left.length; at += GROUP_PATHS) {
      if (work.parts.ending.aborted) return
      busy.push(...(await oneGroup(work, manner, left.slice(at, at + GROUP_PATHS))))
    }
    if (busy.length < left.length) movedAt = clock.monotonicMs()
    if (clock.monotonicMs() - movedAt > PATIENCE_MS) return giveUp(work, busy)
    left = busy
    if (left.length > 0) await new Promise<void>((resolve) => clock.after(RETRY_MS, resolve))
  }
}

/** Answers which are held by others. */
async function oneGroup(work: Work, manner: Manner, indexes: readonly number[]): Promise<number[]> {
  const files = openAll(work, manner, indexes)
  try {
    const { taken, busy, release } = takeLocks(work, files, manner.isLocking)
    try {
      const whole = await finishLeft(work, taken, manner.isLocking)
      for (const file of whole) file.stats = statAgain(file)
      if (whole.length > 0) await manner.act(whole)
    } finally {
      release()
    }
    return busy.map(({ index }) => index)
  } finally {
    for (const { fd } of files) closeSync(fd)
  }
}

function openAll(work: Work, manner: Manner, indexes: readonly number[]): OpenFile[] {
  const files: OpenFile[] = []
  const refused: [number, unknown][] = []
  work.asSubmitter(() => {
    for (const index of indexes) {
      try {
        const file = manner.open(index)
        if (file !== undefined) files.push(file)
      } catch (error) {
        refused.push([index, error])
      }
    }
  })
  for (const [index, error] of refused) work.fail(index, error)
  return files
}

function giveUp(work: Work, busy: readonly number[]): void {
  for (const index of busy) work.settle(index, 'failed', BUSY)
}
