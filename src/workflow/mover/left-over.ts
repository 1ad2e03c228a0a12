/** What another task left half done with the files that are wanted now. */

import type { FileId, JournalEntry } from '../site-ledger.ts'
import { keyOf } from './file/open-file.ts'
import { Recovery } from './recovery.ts'
import type { Work } from './work.ts'

interface Wanted {
  index: number
  /** Undefined for what no journal knows. */
  id: FileId | undefined
}

/**
 * A file with an entry in the journal is half of something: whoever held it is dead, since it could be locked. Answers the
 * others, and those that could be finished now; what is left is never taken for the file.
 */
export async function finishLeft<One extends Wanted>(
  work: Work,
  files: readonly One[],
  isLocked: boolean,
): Promise<readonly One[]> {
  const { order, parts } = work
  const left = journalOf(work, files)
  if (left.size === 0) return files
  if (isLocked) {
    using recovery = new Recovery(order.site, parts)
    await recovery.run([...left.values()])
  }
  const still = isLocked ? journalOf(work, files) : left
  const isHalf = ({ id }: One) => id !== undefined && still.has(keyOf(id))
  const message =
    'it is half of something that a crash, or another task, left and that cannot be finished now: run it again when its storage answers'
  for (const { index } of files.filter(isHalf)) work.settle(index, 'failed', message)
  return files.filter((file) => !isHalf(file))
}

function journalOf({ parts }: Work, files: readonly Wanted[]): Map<string, JournalEntry> {
  const keys = new Set(files.flatMap(({ id }) => (id === undefined ? [] : [keyOf(id)])))
  const entries = parts.ledger.journal().map((entry) => [keyOf(entry.id), entry] as const)
  return new Map(entries.filter(([key]) => keys.has(key)))
}
