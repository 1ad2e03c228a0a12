/**
 * `dynamo.tasks.snapdiff` without snapshots: the tree is written down as a draft manifest, and compared with the one that
 * was accepted when the last run ended well. Nothing is told before the tree was read whole.
 */

import type { BigIntStats } from 'node:fs'
import { DomainError } from '../../base/errors.ts'
import { flag } from '../mover/argument.ts'
import { sentenceOf } from '../mover/file/refusal.ts'
import type { PathEntry } from '../path-entry.ts'
import type { ManifestEntry } from '../site-ledger.ts'
import { type Change, type Comparison, isAnythingGone, STAGES } from './changes.ts'
import { findMovedFolders, Generations, MovedFolders } from './moved-folders.ts'
import { comparePaths } from './path-order.ts'
import type { Searching } from './searching.ts'
import { BATCH, cursorOf, readCursor } from './telling.ts'
import { type Found, statExactly, TreeWalk } from './tree-walk.ts'

/** @throws invalid, unavailable when the tree could not be read whole, what storing threw */
export async function searchChanges(searching: Searching): Promise<void> {
  const { order, parts } = searching
  const [root, ...others] = order.paths.map((path) => path.replace(/(?<=.)\/+$/, ''))
  if (root === undefined || others.length > 0)
    throw new DomainError('invalid', 'A snapdiff takes exactly one path: the folder whose changes are asked for.')
  // Something was told of it: the draft is whole.
  if (order.cursor === null) await draftTree(searching, root)
  const generations = new Generations(parts.ledger, order.manifest)
  const condensesMoves = flag(order.arguments, 'condense_moves', true)
  const hasGone = isAnythingGone(generations)
  const moved = condensesMoves && hasGone ? findMovedFolders(generations) : new MovedFolders()
  await tellChanges(searching, root, { generations, moved, condensesMoves, hasGone })
}

/** In every draft, also of an empty tree: without it there is nothing to rotate. */
const THE_ROOT: ManifestEntry = { path: '', ino: '', type: 'directory', sizeBytes: 0, mtimeNs: '0', ctimeNs: '0' }

/** A folder that cannot be read would look as if all in it were gone. */
async function draftTree(searching: Searching, path: string): Promise<void> {
  const { order, parts, confined } = searching
  const refused = (folder: string, error: unknown) => {
    const reason = sentenceOf(error, order.identity)
    throw new DomainError('unavailable', `${folder} cannot be read (${reason}), so nothing was compared`)
  }
  parts.ledger.clearDraft(order.manifest)
  parts.ledger.draft(order.manifest, [THE_ROOT])
  const crossesFileSystems = flag(order.arguments, 'cross_filesystems')
  const folder = enter(searching, path)
  try {
    using walk = searching.asSubmitter(
      () => new TreeWalk({ fd: folder.fd, path, crossesFileSystems, refused }, statExactly),
    )
    for (;;) {
      searching.checkStop()
      const found = searching.asSubmitter(() => walk.next(BATCH))
      if (found.length === 0) return
      parts.ledger.draft(
        order.manifest,
        found.map((one) => written(one, path)),
      )
      // Lets the process hear that it is to stop.
      await new Promise((resolve) => setImmediate(resolve))
    }
  } finally {
    confined.release(folder)
  }
}

function enter(searching: Searching, path: string) {
  try {
    return searching.asSubmitter(() => searching.confined.enter(path))
  } catch (error) {
    const reason = sentenceOf(error, searching.order.identity)
    throw new DomainError('unavailable', `${path} cannot be read (${reason}), so nothing was compared`)
  }
}

function written({ path, type, stats }: Found<BigIntStats>, root: string): ManifestEntry {
  return {
    path: path.slice(root === '/' ? 1 : root.length + 1),
    ino: String(stats.ino),
    type,
    sizeBytes: type === 'file' ? Number(stats.size) : 0,
    mtimeNs: String(stats.mtimeNs),
    ctimeNs: String(stats.ctimeNs),
  }
}

async function tellChanges(searching: Searching, root: string, comparison: Comparison): Promise<void> {
  const { order } = searching
  const oldestNs = flag(order.arguments, 'skip_old_ctimes') ? latestChange(comparison) : undefined
  let batch: PathEntry[] = []
  let cursor = ''
  for (const [stage, change] of untold(comparison, readCursor(order.cursor))) {
    if (oldestNs !== undefined && isOld(change, oldestNs)) continue
    batch.push(entryOf(change, root))
    cursor = cursorOf(stage, change.cursor)
    if (batch.length < BATCH) continue
    searching.checkStop()
    await searching.store(batch, cursor)
    batch = []
  }
  await searching.store(batch, cursor)
}

function* untold(comparison: Comparison, start: ReturnType<typeof readCursor>): Generator<[number, Change]> {
  for (const [number, stage] of STAGES.entries()) {
    if (number < start.stage || (number <= BACKWARDS && !comparison.hasGone)) continue
    for (const change of stage(comparison)) {
      const after = number === start.stage ? start.path : undefined
      if (!isTold(number, change, after)) yield [number, change]
    }
  }
}

/** Folders that are gone, what is in them first. */
const BACKWARDS = 3

/** What was told before the crash. */
function isTold(stage: number, { cursor }: Change, after: string | undefined): boolean {
  if (after === undefined) return false
  const order = comparePaths(cursor, after)
  return stage === BACKWARDS ? order >= 0 : order <= 0
}

function entryOf({ state, entry, path, from }: Change, root: string): PathEntry {
  const whole = (relative: string) => (root === '/' ? `/${relative}` : `${root}/${relative}`)
  const { type, sizeBytes } = entry
  return { path: whole(path), type, sizeBytes, state, ...(from !== undefined && { from: whole(from) }) }
}

/** When the accepted manifest was written, as far as it says itself; undefined on the first run, which takes everything. */
function latestChange({ generations }: Comparison): bigint | undefined {
  let latest: bigint | undefined
  for (const { ctimeNs } of generations.all('accepted')) {
    const changed = BigInt(ctimeNs)
    if (latest === undefined || changed > latest) latest = changed
  }
  return latest
}

/** What came here with an old change time was not made since: it lay elsewhere, or was missed on purpose. */
function isOld({ state, entry }: Change, oldestNs: bigint): boolean {
  return (state === 'created' || state === 'updated') && BigInt(entry.ctimeNs) < oldestNs
}
