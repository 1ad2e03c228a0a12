/** `dynamo.tasks.delete_paths_from_gpfs`: what another site deleted goes here too; objects stay. */

import { type BigIntStats, lstatSync, rmdirSync, unlinkSync } from 'node:fs'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import type { FileId, JournalEntry } from '../site-ledger.ts'
import type { Place } from './file/confined.ts'
import { idOf, isSameFile, keyOf } from './file/open-file.ts'
import { isMissing } from './file/refusal.ts'
import { residence } from './file/residence.ts'
import { finishLeft } from './left-over.ts'
import { holdFree } from './locks.ts'
import { pathOn } from './object/key-map.ts'
import type { Work } from './work.ts'

const GROUP_PATHS = 250
const GONE = 'it is not there any more'

interface Doomed {
  index: number
  path: string
  /** Undefined for folders and links, of which the ledger knows nothing. */
  id: FileId | undefined
  stats: BigIntStats
}

/** Files first come first: the order is the caller's, children before their folder. */
export async function remove(work: Work): Promise<void> {
  const { entries } = work.order
  for (let at = 0; at < entries.length && !work.parts.ending.aborted; at += GROUP_PATHS) {
    await removeGroup(work, [...entries.keys()].slice(at, at + GROUP_PATHS))
    // Lets the process hear that it is to stop.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function removeGroup(work: Work, indexes: readonly number[]): Promise<void> {
  const { held, release } = holdFree(
    work,
    work.asSubmitter(() => indexes.flatMap((index) => find(work, index))),
  )
  try {
    removeAll(work, sparing(work, await finishLeft(work, held, true)))
  } finally {
    release()
  }
}

/** What was made or changed here outlives its removal at another site, which did not know of it (spec/hub.md 11). */
function sparing(work: Work, doomed: readonly Doomed[]): Doomed[] {
  const { site, origin, entries } = work.order
  const isTold = ({ index }: Doomed) => site.name !== origin.name && entries[index]!.state === 'deleted'
  const ids = doomed.filter(isTold).flatMap(({ id }) => id ?? [])
  const states = new Map(work.parts.ledger.states(ids).map((state, at) => [keyOf(ids[at]!), state]))
  return doomed.filter((one) => {
    if (one.id === undefined || !isTold(one)) return true
    const state = states.get(keyOf(one.id))
    const here = state && residence(one.stats, state)
    if (here === 'same' || here === 'stub') return true
    work.settle(one.index, 'skipped', 'it was made or changed here, of which the other site did not know: it stays')
    return false
  })
}

function removeAll(work: Work, doomed: readonly Doomed[]): void {
  const { ledger } = work.parts
  ledger.commit({ begin: doomed.flatMap((one) => intention(work, one)) })
  work.point('deleting')
  const refused = work.asSubmitter(() => doomed.flatMap((one) => removeOne(work, one)))
  work.point('removed')
  const gone = doomed.filter(({ index }) => !refused.some(([other]) => other === index))
  ledger.commit({ drop: gone.flatMap(({ id }) => id ?? []), end: doomed.flatMap(({ id }) => id ?? []) })
  work.point('deleted')
  for (const [index, error] of refused) settleRefused(work, index, error)
  for (const { index } of gone) work.settle(index, 'processed')
}

function intention(work: Work, { id, path }: Doomed): JournalEntry[] {
  if (id === undefined) return []
  return [{ id, path, act: 'deleting', state: null, details: { owner: work.owner, objects: 'none' } }]
}

/** None, and settled, where nothing is there any more. */
function find(work: Work, index: number): Doomed[] {
  const { site, origin, entries } = work.order
  try {
    const path = pathOn(site, origin, entries[index]!.path)
    const stats = at(work, path, (place) => lstatSync(place.at, { bigint: true }))
    return [{ index, path, id: stats.isFile() && stats.nlink === 1n ? idOf(stats) : undefined, stats }]
  } catch (error) {
    if (isMissing(error)) work.settleAlready(index, GONE)
    else work.fail(index, error)
    return []
  }
}

/** What was wrong, or nothing. */
function removeOne(work: Work, { index, path, id }: Doomed): [number, unknown][] {
  try {
    at(work, path, (place) => {
      const stats = lstatSync(place.at, { bigint: true })
      // What was found has another name by now, and what the ledger knows of it is still true.
      if (id !== undefined && !isSameFile(idOf(stats), id))
        throw new DomainError('conflict', 'somebody put another file in its place meanwhile; run it again')
      if (!stats.isDirectory()) return unlinkSync(place.at)
      work.confined.forget(path)
      return rmdirSync(place.at)
    })
    return []
  } catch (error) {
    return [[index, error]]
  }
}

/** A folder with something in it is not this step's to empty. */
function settleRefused(work: Work, index: number, error: unknown): void {
  const code = systemCodeOf(error)
  if (code === 'ENOENT') work.settleAlready(index, GONE)
  else if (code !== 'ENOTEMPTY' && code !== 'EEXIST') work.fail(index, error)
  else work.settle(index, 'skipped', 'the folder holds something here that the other site did not have: it stays')
}

function at<Result>(work: Work, path: string, run: (place: Place) => Result): Result {
  const place = work.confined.locate(path)
  try {
    return run(place)
  } finally {
    work.confined.release(place.folder)
  }
}
