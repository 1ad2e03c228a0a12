/** Whether what stands at a place gives way to the file that is to be made there. */

import type { BigIntStats } from 'node:fs'
import type { FileState } from '../../site-ledger.ts'
import type { Preference } from '../argument.ts'
import type { Draft } from '../file/draft.ts'
import { residence } from '../file/residence.ts'
import type { ObjectFacts } from '../object/object-metadata.ts'
import type { Remote } from '../object/remote-heads.ts'
import { reasonToKeep } from '../sync-state.ts'
import type { Work } from '../work.ts'

export interface StubOptions {
  isHydrating: boolean
  isOverwriting: boolean
  preference: Preference | 'none'
  checksHash: boolean
  stubSizeBytes: number
  /** Where the object names no owner. */
  uid: number | undefined
  gid: number | undefined
}

/** A file on its way: where it goes, what it is made of, and what stands there. */
export interface NewFile {
  draft: Draft
  remote: Remote
  facts: ObjectFacts
  standing: BigIntStats | undefined
}

/** Settles what stays. */
export function givesWay(
  work: Work,
  { remote, facts, standing }: NewFile,
  known: FileState | undefined,
  options: StubOptions,
): boolean {
  if (standing === undefined) return true
  const here = known !== undefined && isOf(known, { remote, facts }) ? residence(standing, known) : undefined
  if (here === 'same' || (here === 'stub' && !options.isHydrating)) {
    work.settleAlready(remote.index, 'it is there already')
    return false
  }
  // A stub of the very object has nothing of its own to lose.
  if (here === 'stub' || options.isOverwriting) return true
  const reason =
    options.preference === 'none'
      ? 'a file stands there already: overwrite puts the new one in its place'
      : reasonToKeep(standing.mtimeNs, remote, options.preference)
  if (reason === undefined) return true
  work.settle(remote.index, 'skipped', reason)
  return false
}

function isOf({ locations }: FileState, { remote, facts }: Pick<NewFile, 'remote' | 'facts'>): boolean {
  return locations.some(({ key, uuid }) => key === remote.key && uuid !== '' && uuid === facts.uuid)
}
