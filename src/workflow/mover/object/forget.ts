/** Removes the objects of a file that is wholly here again; the journal remembers them until they are gone. */

import type { Site } from '../../site.ts'
import type { FileState, JournalEntry, Location } from '../../site-ledger.ts'
import type { OpenFile } from '../file/open-file.ts'
import type { MoverParts } from '../parts.ts'
import type { Work } from '../work.ts'
import { factsOf } from './object-metadata.ts'
import { targetOf } from './target.ts'

/** Settles the file, which is resident afterwards; one that was not begun in time is left. */
export async function deleteRemote(work: Work, file: OpenFile, state: FileState): Promise<void> {
  if (work.parts.ending.aborted) return
  const begin: JournalEntry = {
    id: file.id,
    path: file.path,
    act: 'deleting',
    state,
    details: { owner: work.owner, objects: 'all' },
  }
  work.parts.ledger.commit({ drop: [file.id], begin: [begin] })
  work.point('forgetting')
  try {
    for (const location of state.locations) await deleteObject(work, location)
    work.point('forgotten')
    work.parts.ledger.commit({ end: [file.id] })
    work.settle(file.index, 'processed', '', state.sizeBytes)
  } catch (error) {
    work.fail(file.index, error, 'its data are here, but its object was not removed')
  }
}

interface Owning {
  order: { site: Site }
  parts: Pick<MoverParts, 'storageFor'>
}

/** Only the object that is meant, not one that took its place. @throws unavailable, invalid */
export async function deleteObject(work: Owning, { target, key, uuid }: Location): Promise<void> {
  const storage = await work.parts.storageFor(targetOf(work.order.site, target))
  const info = await storage.head(key)
  if (info === undefined || factsOf(info.metadata).uuid !== uuid) return
  await storage.delete(key)
}
