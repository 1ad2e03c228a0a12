/** Files that one task holds, until it lets go or its process is gone for the length of a lease. */

import type { FileId } from '../site-ledger.ts'
import { keyOf, type OpenFile } from './file/open-file.ts'
import type { Work } from './work.ts'

const LEASE_MS = 60_000
export const BUSY = 'Another task is at work on this file; run it again later.'

export interface Held {
  taken: OpenFile[]
  /** Held by another task, or the same file twice in this batch. */
  busy: OpenFile[]
  release(): void
}

export function takeLocks(work: Work, files: readonly OpenFile[], isLocking: boolean): Held {
  const unique = new Map(files.toReversed().map((file) => [keyOf(file.id), file] as const))
  const free = isLocking ? lockFree(work, [...unique.values()]) : new Set(unique.keys())
  const isTaken = (file: OpenFile) => unique.get(keyOf(file.id)) === file && free.has(keyOf(file.id))
  const taken = files.filter(isTaken)
  return {
    taken,
    busy: files.filter((file) => !isTaken(file)),
    release: isLocking ? keep(work, taken) : () => undefined,
  }
}

interface Wanted {
  index: number
  /** Undefined for what needs no lock. */
  id: FileId | undefined
}

/** Those that no other task is at work on; the others have failed. */
export function holdFree<One extends Wanted>(work: Work, wanted: readonly One[]): { held: One[]; release(): void } {
  const free = lockFree(work, wanted)
  const isHeld = ({ id }: One) => id === undefined || free.has(keyOf(id))
  for (const { index } of wanted.filter((one) => !isHeld(one))) work.settle(index, 'failed', BUSY)
  const held = wanted.filter(isHeld)
  return { held, release: keep(work, held) }
}

function lockFree({ owner, parts: { ledger } }: Work, files: readonly Wanted[]): Set<string> {
  return new Set(ledger.lock(idsOf(files), owner, LEASE_MS).map(keyOf))
}

/** Renews the lease for as long as the work takes. */
function keep({ owner, parts: { ledger, clock } }: Work, files: readonly Wanted[]): () => void {
  const ids = idsOf(files)
  let cancel = () => {}
  const renew = () => {
    ledger.lock(ids, owner, LEASE_MS)
    cancel = clock.after(LEASE_MS / 3, renew)
  }
  cancel = clock.after(LEASE_MS / 3, renew)
  return () => {
    cancel()
    if (ids.length > 0) ledger.unlock(ids, owner)
  }
}

function idsOf(files: readonly Wanted[]): FileId[] {
  return files.flatMap(({ id }) => id ?? [])
}
