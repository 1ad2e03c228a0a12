/** What is written down before an object is stored that nobody would find again, and what is taken back when it is of no use. */

import { messageOf } from '../../../base/errors.ts'
import type { JournalEntry } from '../../site-ledger.ts'
import type { Work } from '../work.ts'
import type { Chosen } from './copy.ts'
import { factsOf } from './object-metadata.ts'

/** For instances, whose key holds a number that was drawn; any other object is found by its path when it is done again. */
export function intend(work: Work, files: readonly Pick<Chosen, 'copying' | 'choice'>[]): void {
  if (files.length === 0) return
  const begin = files.map(({ copying, choice }): JournalEntry => {
    const details = { owner: work.owner, target: copying.kept.target.name, key: choice.key, uuid: choice.uuid }
    return { id: copying.file.id, path: copying.file.path, act: 'uploading', state: null, details }
  })
  work.parts.ledger.commit({ begin })
}

/** Removes the object of a copy that came to nothing; what it replaced is known no more. */
export async function abandon(work: Work, { copying, choice }: Chosen): Promise<void> {
  if (choice.isThere) return
  const { file, storage, known } = copying
  const wasKnown = choice.isReplacing && known?.locations.some(({ key }) => key === choice.key)
  if (wasKnown) work.parts.ledger.commit({ drop: [file.id] })
  try {
    const info = choice.isReplacing ? undefined : await storage.head(choice.key)
    if (info !== undefined && factsOf(info.metadata).uuid === choice.uuid) await storage.delete(choice.key)
    if (choice.isInstance) work.parts.ledger.commit({ end: [file.id] })
  } catch (error) {
    // The journal keeps what is left to do of an instance; anything else is found by its path the next time.
    work.parts.log.warn({ path: file.path, reason: messageOf(error) }, 'an object of no use was left behind')
  }
}
