/** A file of the batch while it is worked on: everything after its opening goes by the descriptor, whatever its path becomes. */

import { type BigIntStats, closeSync, constants, fstatSync, openSync } from 'node:fs'
import type { PathEntry } from '../../path-entry.ts'
import type { FileId } from '../../site-ledger.ts'
import type { Work } from '../work.ts'
import type { Place } from './confined.ts'

/** O_NONBLOCK: what lies there may be a pipe, and opening that would wait for a writer. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

export interface OpenFile {
  /** Of the entry in its order. */
  index: number
  entry: PathEntry
  /** On this site. */
  path: string
  fd: number
  stats: BigIntStats
  id: FileId
}

export function idOf({ dev, ino, birthtimeNs }: BigIntStats): FileId {
  return { dev: String(dev), ino: String(ino), birth: String(birthtimeNs) }
}

export function keyOf({ dev, ino, birth }: FileId): string {
  return `${dev}:${ino}:${birth}`
}

export function isSameFile(one: FileId, other: FileId): boolean {
  return keyOf(one) === keyOf(other)
}

/** With the rights of whoever acts now. @throws system errors */
export function openAt(place: Place): { fd: number; stats: BigIntStats } {
  const fd = openSync(place.at, READ)
  try {
    return { fd, stats: fstatSync(fd, { bigint: true }) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

/** A second descriptor of the same file, to write, with the rights of whoever acts now. */
export function reopenForWriting(fd: number): number {
  return openSync(`/proc/self/fd/${fd}`, constants.O_RDWR | constants.O_NONBLOCK)
}

/** As the submitter, or for a file of his that is read-only, as its owner may. @throws EACCES */
export function reopenAsOwner(work: Work, { fd, stats }: Pick<OpenFile, 'fd' | 'stats'>): number {
  try {
    return work.asSubmitter(() => reopenForWriting(fd))
  } catch (error) {
    if (work.order.identity === null || Number(stats.uid) !== work.order.identity.uid) throw error
    return reopenForWriting(fd)
  }
}

export function statAgain(file: OpenFile): BigIntStats {
  return fstatSync(file.fd, { bigint: true })
}

/** Whether nobody wrote, moved or changed it in between. */
export function isUntouched(before: BigIntStats, after: BigIntStats): boolean {
  return (
    before.size === after.size &&
    before.mtimeNs === after.mtimeNs &&
    before.ctimeNs === after.ctimeNs &&
    before.ino === after.ino
  )
}

/** Bytes that are there: less than the size where the file has holes. */
export function residentBytes({ blocks }: BigIntStats): bigint {
  return blocks * 512n
}
