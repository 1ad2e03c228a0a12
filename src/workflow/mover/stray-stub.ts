/** Stubs that the ledger does not know: restored, or brought by another program, with nothing but their label. */

import { DomainError } from '../../base/errors.ts'
import { inFlight } from '../../base/flight.ts'
import type { ObjectInfo, ObjectStorage } from '../../object-storage/object-storage.ts'
import type { FileState } from '../site-ledger.ts'
import type { OpenFile } from './file/open-file.ts'
import { LABEL, labelOf } from './file/stub-label.ts'
import { isSameTime } from './file/times.ts'
import { describe } from './object/copy.ts'
import { type Kept, keptAt } from './object/key-map.ts'
import { factsOf } from './object/object-metadata.ts'
import type { Work } from './work.ts'

const AT_ONCE = 8

/** What the ledger knows, in the order of the files; strays whose objects bear them out are known from now on. Settles the others. */
export async function statesOf(work: Work, files: readonly OpenFile[]): Promise<(FileState | undefined)[]> {
  const { ledger } = work.parts
  const states = ledger.states(files.map(({ id }) => id))
  // With or without holes: who copies or restores a stub may write its zeros out.
  const strays = [...files.keys()].filter((index) => states[index] === undefined && files[index]!.stats.size > 0n)
  await inFlight(strays, AT_ONCE, async (index) => {
    states[index] = await adopt(work, files[index]!)
  })
  const set = strays.flatMap((index) => states[index] ?? [])
  if (set.length > 0) ledger.commit({ set })
  return states
}

/** Undefined for an ordinary file, and, settled, for a stub that would be taken for zeros. */
async function adopt(work: Work, file: OpenFile): Promise<FileState | undefined> {
  const uuid = labelOf(work, file)
  if (uuid === undefined) return undefined
  try {
    const kept = keptAt(work.order.site, file.path)
    const info = await objectOf(await work.parts.storageFor(kept.target), kept, uuid)
    if (info !== undefined && bearsOut(info, file)) return stateOf(file, kept, info)
    throw new DomainError(
      'not_found',
      `the object that ${kept.target.name} has for this path is not its own; recall the file that it was copied from, and copy that; if it has data of its own, take its attribute ${LABEL} away`,
    )
  } catch (error) {
    work.fail(file.index, error, 'it is the copy of a stub, without its data')
  }
  return undefined
}

async function objectOf(storage: ObjectStorage, { key }: Kept, uuid: string): Promise<ObjectInfo | undefined> {
  for (const one of [key, `${key}.${uuid}`]) {
    const info = await storage.head(one)
    if (info !== undefined && factsOf(info.metadata).uuid === uuid) return info
  }
  return undefined
}

/** Of the same size, time and owner: a label that somebody wrote himself would else bring him what is another's. */
function bearsOut({ sizeBytes, metadata }: ObjectInfo, { stats }: OpenFile): boolean {
  const { mtimeNs, uid, hash, type } = factsOf(metadata)
  const isOwners = process.geteuid?.() !== 0 || uid === Number(stats.uid)
  const isAsBefore =
    BigInt(sizeBytes) === stats.size && mtimeNs !== undefined && isSameTime(stats.mtimeNs, BigInt(mtimeNs))
  return isOwners && isAsBefore && hash.value !== '' && type === 'file'
}

function stateOf(file: OpenFile, { target }: Kept, { key, metadata }: ObjectInfo): FileState {
  const { uuid, hash } = factsOf(metadata)
  const locations = [{ target: target.name, key, uuid }]
  return { id: file.id, path: file.path, state: 'migrated', locations, ...describe(file, hash), stubSizeBytes: 0 }
}
