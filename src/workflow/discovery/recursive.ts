/** `dynamo.tasks.recursive_navigate`: everything below the paths that were given, and those that are files themselves. */

import { lstatSync } from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import { globOf } from '../glob.ts'
import { flag } from '../mover/argument.ts'
import { isMissing, sentenceOf } from '../mover/file/refusal.ts'
import type { PathEntry } from '../path-entry.ts'
import type { Searching } from './searching.ts'
import { BATCH, cursorOf, readCursor } from './telling.ts'
import { type Found, statQuickly, TreeWalk, typeOf } from './tree-walk.ts'

const MOST_BATCHES = 4
/** On slow disks a stop is not to wait for all of them. */
const LOOK_MS = 50

/** @throws what storing threw */
export async function searchTree(searching: Searching): Promise<void> {
  const { order } = searching
  const start = readCursor(order.cursor)
  const given = order.paths.map((path) => path.replace(/(?<=.)\/+$/, ''))
  for (const [index, path] of given.entries()) {
    if (index < start.stage || isInside(given, path, index)) continue
    const after = index === start.stage ? start.path : undefined
    // A path whose last finding is itself has nothing more.
    if (after !== path) await searchPath(searching, index, path, after)
  }
}

/** Found from another of them, or twice the same. */
function isInside(given: readonly string[], path: string, index: number): boolean {
  return given.some((other, at) => path.startsWith(`${other === '/' ? '' : other}/`) || (other === path && at < index))
}

async function searchPath(searching: Searching, index: number, path: string, after: string | undefined): Promise<void> {
  try {
    const found = searching.asSubmitter(() => lookAt(searching, path))
    if (found === 'folder') await searchFolder(searching, index, path, after)
    else await searching.telling.tell([found], cursorOf(index, path))
  } catch (error) {
    if (searching.isStoring(error)) throw error
    searching.telling.refuse(path, sentenceOf(error, searching.order.identity))
  }
}

/** What was given is taken as it stands, even when it is not there and `skip_missing` is asked for. */
function lookAt({ order, confined }: Searching, path: string): PathEntry | 'folder' {
  if (confined.rootOf(path) === path) return 'folder'
  try {
    const place = confined.locate(path)
    try {
      const stats = lstatSync(place.at)
      const type = typeOf(stats)
      if (type === undefined) throw new DomainError('invalid', 'it is no file, folder or link')
      return type === 'directory' ? 'folder' : entryOf({ path, type, stats })
    } finally {
      confined.release(place.folder)
    }
  } catch (error) {
    if (!isMissing(error) || !flag(order.arguments, 'skip_missing')) throw error
    return { path, type: 'file', sizeBytes: 0, state: 'processed' }
  }
}

async function searchFolder(searching: Searching, index: number, path: string, after: string | undefined) {
  const { order, telling } = searching
  const isPruned = prunedBy(order.arguments.exclude)
  const crossesFileSystems = flag(order.arguments, 'cross_filesystems')
  const refused = (folder: string, error: unknown) => telling.refuse(folder, sentenceOf(error, order.identity))
  const folder = searching.asSubmitter(() => searching.confined.enter(path))
  try {
    using walk = searching.asSubmitter(
      () => new TreeWalk({ fd: folder.fd, path, after, crossesFileSystems, isPruned, refused }, statQuickly),
    )
    for (;;) {
      for (const found of searching.asSubmitter(() => nextBatches(walk, searching.parts.clock))) {
        if (found.length > 0) await searching.store(found, cursorOf(index, found.at(-1)!.path))
        if (found.length < BATCH) return
        searching.checkStop()
      }
    }
  } finally {
    searching.confined.release(folder)
  }
}

/** A change of rights, which every thread of a process hears of, costs as much as hundreds of files: few share one. */
function nextBatches(walk: TreeWalk, clock: Pick<Clock, 'monotonicMs'>): PathEntry[][] {
  const until = clock.monotonicMs() + LOOK_MS
  const batches: PathEntry[][] = []
  do batches.push(walk.next(BATCH).map(entryOf))
  while (batches.at(-1)!.length === BATCH && batches.length < MOST_BATCHES && clock.monotonicMs() < until)
  return batches
}

/** `dynamo.tasks` know no rules: what the run excludes as whole folders may be handed over, and is not entered. */
function prunedBy(exclude: unknown): (path: string) => boolean {
  const globs = Array.isArray(exclude) ? exclude.map(String).filter((glob) => glob.endsWith('/**')) : []
  const folders = globs.map((glob) => globOf(glob.slice(0, -'/**'.length)))
  return (path) => folders.some((matches) => matches(path))
}

function entryOf({ path, type, stats }: Found): PathEntry {
  return { path, type, sizeBytes: type === 'file' ? stats.size : 0, state: 'processed' }
}
