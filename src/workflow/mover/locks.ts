/** Files that one task holds, until it lets go or its process is gone for the length of a lease. */

import { keyOf, type OpenFile } from './file/open-file.ts'
import type { Work } from './work.ts'

const LEASE_MS = 60_000

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

function lockFree({ owner, parts: { ledger } }: Work, files: readonly OpenFile[]): Set<string> {
  const ids = files.map(({ id }) => id)
  return new Set(ledger.lock(ids, owner, LEASE_MS).map(keyOf))
}

/** Renews the lease for as long as the work takes. */
function keep({ owner, parts: { ledger, clock } }: Work, files: readonly OpenFile[]): () => void {
  const ids = files.map(({ id }) => id)
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
