/** What the storages say of the objects of a batch, before anything is done with them. */

import { DomainError } from '../../../base/errors.ts'
import { inFlight } from '../../../base/flight.ts'
import type { ObjectInfo, ObjectStorage } from '../../../object-storage/object-storage.ts'
import type { Identity } from '../../task-order.ts'
import type { Work } from '../work.ts'
import { type Mapped, objectOf } from './key-map.ts'
import { factsOf, type ObjectFacts } from './object-metadata.ts'

const AT_ONCE = 16

export interface Remote extends Mapped {
  index: number
  storage: ObjectStorage
  /** Undefined where there is no object. */
  info: ObjectInfo | undefined
}

/** By index; those that could not be asked about are settled. */
export async function askAll(work: Work, indexes: readonly number[], endpoint: string): Promise<Map<number, Remote>> {
  const found = new Map<number, Remote>()
  const { site, origin, entries } = work.order
  await inFlight(indexes, AT_ONCE, async (index) => {
    if (work.parts.ending.aborted) return
    try {
      const mapped = objectOf(site, origin, entries[index]!, endpoint)
      const storage = await work.parts.storageFor(mapped.target)
      found.set(index, { ...mapped, index, storage, info: await headOf(storage, mapped.key) })
    } catch (error) {
      work.fail(index, error)
    }
  })
  return found
}

async function headOf(storage: ObjectStorage, key: string): Promise<ObjectInfo | undefined> {
  if (storage.many === undefined) return storage.head(key)
  const [info] = await storage.many.head([key])
  if (info instanceof Error) throw info
  return info
}

/** Settles what has no object, or none that can become a file. */
export function checkThere(work: Work, remote: Remote, abortMissing: boolean): boolean {
  const wrong = wrongWith(work.order.identity, remote)
  if (wrong === undefined) return true
  if (abortMissing && remote.info === undefined) work.settle(remote.index, 'aborted', wrong.message)
  else work.fail(remote.index, wrong)
  return false
}

function wrongWith(identity: Identity | null, { info, key, storage }: Remote): DomainError | undefined {
  if (info === undefined)
    return new DomainError('not_found', `${storage.name} has no object ${key}: migrate the file at its site first`)
  const facts = factsOf(info.metadata)
  if (!mayRead(identity, facts)) {
    const who = identity?.name ?? ''
    return new DomainError('forbidden', `its object is of a file that ${who} may not read: submit as one who may`)
  }
  if (facts.sizeBytes === undefined || facts.sizeBytes === info.sizeBytes) return undefined
  const sizes = `has ${info.sizeBytes} bytes instead of the ${facts.sizeBytes} of its file`
  return new DomainError('unavailable', `checksum mismatch: ${key} in ${storage.name} ${sizes}; look after the object`)
}

const READ = 0o4

/** By what the object says of its file; another program's says nothing. */
function mayRead(identity: Identity | null, { mode, uid, gid }: ObjectFacts): boolean {
  if (identity === null || identity.uid === 0 || mode === undefined || uid === undefined) return true
  if (uid === identity.uid) return (mode & (READ << 6)) !== 0
  const isMember = gid !== undefined && (gid === identity.gid || identity.groups.includes(gid))
  return (mode & (isMember ? READ << 3 : READ)) !== 0
}
