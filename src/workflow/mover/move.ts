/** `dynamo.tasks.move_paths_on_gpfs`: what another site moved is moved here too; objects keep their keys. */

import { type BigIntStats, lstatSync, renameSync } from 'node:fs'
import { DomainError } from '../../base/errors.ts'
import type { FileId, JournalEntry } from '../site-ledger.ts'
import { flag } from './argument.ts'
import { idOf, isSameFile } from './file/open-file.ts'
import { isMissing } from './file/refusal.ts'
import { followFolder } from './follow.ts'
import { finishLeft } from './left-over.ts'
import { holdFree } from './locks.ts'
import { pathOn } from './object/key-map.ts'
import type { Work } from './work.ts'

const GROUP_PATHS = 250

interface Moving {
  index: number
  from: string
  to: string
  stats: BigIntStats
  /** Of a file, which nobody else may be at work on. */
  id: FileId | undefined
}

/** One after the other, in the order given: a move may make the place for the next. @throws invalid */
export async function move(work: Work): Promise<void> {
  const isOverwriting = flag(work.order.arguments, 'overwrite')
  const indexes = [...work.order.entries.keys()]
  for (let at = 0; at < indexes.length && !work.parts.ending.aborted; at += GROUP_PATHS) {
    await moveGroup(work, indexes.slice(at, at + GROUP_PATHS), isOverwriting)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

async function moveGroup(work: Work, indexes: readonly number[], isOverwriting: boolean): Promise<void> {
  const { held, release } = holdFree(
    work,
    work.asSubmitter(() => indexes.flatMap((index) => find(work, index))),
  )
  try {
    moveAll(work, await finishLeft(work, held, true), isOverwriting)
  } finally {
    release()
  }
}

function moveAll(work: Work, found: readonly Moving[], isOverwriting: boolean): void {
  const { ledger } = work.parts
  ledger.commit({ begin: found.map((one) => intention(work, one)) })
  work.point('moving')
  const moved = work.asSubmitter(() => found.filter((one) => moveOne(work, one, isOverwriting)))
  work.point('moved')
  ledger.commit({ follow: moved.map(({ stats, to }) => ({ id: idOf(stats), path: to })) })
  for (const { stats, to } of moved) if (stats.isDirectory()) followFolder(work, to)
  ledger.commit({ end: found.map(({ stats }) => idOf(stats)) })
  work.point('told')
  for (const { index } of moved) work.settle(index, 'processed')
}

function intention(work: Work, { stats, from, to }: Moving): JournalEntry {
  return { id: idOf(stats), path: to, act: 'moving', state: null, details: { owner: work.owner, from } }
}

/** None, and settled, where there is nothing to move. */
function find(work: Work, index: number): Moving[] {
  const { site, origin, entries } = work.order
  const { path, from } = entries[index]!
  try {
    if (from === undefined) throw new DomainError('invalid', 'it does not say where it was before')
    const moving = { index, from: pathOn(site, origin, from), to: pathOn(site, origin, path) }
    const stats = statAt(work, moving.from)
    if (stats !== undefined) return [{ ...moving, stats, id: stats.isFile() ? idOf(stats) : undefined }]
    if (statAt(work, moving.to) === undefined) throw new DomainError('not_found', `there is no ${moving.from} to move`)
    work.settleAlready(index, 'it is there already')
  } catch (error) {
    work.fail(index, error)
  }
  return []
}

function moveOne(work: Work, { index, from, to, stats }: Moving, isOverwriting: boolean): boolean {
  try {
    const here = statAt(work, from)
    if (here === undefined || !isSameFile(idOf(here), idOf(stats)))
      throw new DomainError('conflict', `somebody moved what was at ${from} meanwhile; run it again`)
    const there = statAt(work, to)
    if (there !== undefined && there.ino !== stats.ino && !isOverwriting)
      throw new DomainError('conflict', `something else stands at ${to}: it stays, and so does what was to go there`)
    const source = work.confined.locate(from)
    const goal = work.confined.locate(to, { make: true })
    try {
      renameSync(source.at, goal.at)
    } finally {
      work.confined.release(source.folder)
      work.confined.release(goal.folder)
    }
    work.confined.forget(from)
    return true
  } catch (error) {
    work.fail(index, error)
    return false
  }
}

function statAt(work: Work, path: string): BigIntStats | undefined {
  try {
    const place = work.confined.locate(path)
    try {
      return lstatSync(place.at, { bigint: true })
    } finally {
      work.confined.release(place.folder)
    }
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}
