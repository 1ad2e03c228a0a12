/**
 * What became of a tree between two manifests, stage by stage, each in an order that the next can rely on: files that are
 * gone, folders that were moved, files that were moved, folders that are gone (what is in them first), and what is new or
 * other than it was (folders first). Streams all along.
 */

import type { ManifestEntry } from '../site-ledger.ts'
import { type Generations, isSameThing, type MovedFolders } from './moved-folders.ts'
import { comparePaths } from './path-order.ts'

export interface Change {
  state: 'created' | 'updated' | 'moved' | 'deleted'
  entry: ManifestEntry
  /** Where it lies below the root, when the stages before are done. */
  path: string
  from?: string
  /** Where the stage stands. */
  cursor: string
}

export interface Comparison {
  generations: Generations
  moved: MovedFolders
  condensesMoves: boolean
  /** Whether there is anything to delete or to move. */
  hasGone: boolean
}

type Stage = (comparison: Comparison) => Generator<Change>

export const STAGES: readonly Stage[] = [deletedFiles, movedFolders, movedFiles, deletedFolders, newAndChanged]

function* deletedFiles({ generations, moved }: Comparison): Generator<Change> {
  for (const { old, now } of joined(generations.all('accepted'), generations.all('draft'))) {
    if (old === undefined || old.type === 'directory' || now?.type === old.type) continue
    if (!isStillSomewhere(generations, moved, old)) yield deletion(old, old.path)
  }
}

function* movedFolders({ generations, moved, condensesMoves }: Comparison): Generator<Change> {
  if (!condensesMoves) return
  const done: { from: string; to: string }[] = []
  for (const { from, to } of moved.all) {
    const entry = generations.at(to, 'draft')
    // Those before may have taken it along.
    const along = done.findLast((one) => from.startsWith(`${one.from}/`))
    const source = along === undefined ? from : `${along.to}${from.slice(along.from.length)}`
    if (entry !== undefined) yield { state: 'moved', entry, path: to, from: source, cursor: to }
    done.push({ from, to })
  }
}

function* movedFiles({ generations, moved }: Comparison): Generator<Change> {
  for (const { old: there, now } of joined(generations.all('accepted'), generations.all('draft'))) {
    if (now === undefined || now.type === 'directory' || there?.type === now.type) continue
    const old = generations.origin(now)
    if (old === undefined || moved.before(now.path) === old.path) continue
    yield { state: 'moved', entry: now, path: now.path, from: moved.after(old.path), cursor: now.path }
  }
}

function* deletedFolders({ generations, moved }: Comparison): Generator<Change> {
  for (const old of generations.all('accepted', true)) {
    if (old.type !== 'directory' || generations.at(old.path, 'draft')?.type === 'directory') continue
    if (!isStillSomewhere(generations, moved, old)) yield deletion(old, moved.after(old.path))
  }
}

function* newAndChanged({ generations, moved }: Comparison): Generator<Change> {
  for (const { old: there, now } of joined(generations.all('accepted'), generations.all('draft'))) {
    // The root itself is nobody's change.
    if (now === undefined || now.path === '') continue
    const before = moved.before(now.path)
    const old = before === now.path ? there : generations.at(before, 'accepted')
    const state = stateOf(generations, now, old?.type === now.type ? old : undefined)
    if (state !== undefined) yield { state, entry: now, path: now.path, cursor: now.path }
  }
}

/** Undefined for what is as it was, or only moved. */
function stateOf(generations: Generations, now: ManifestEntry, old: ManifestEntry | undefined) {
  if (old !== undefined) {
    // A folder is another whenever something in it comes or goes; that is told of itself.
    if (now.type === 'directory') return undefined
    return isSameThing(old, now) && (old.ctimeNs === now.ctimeNs || old.path !== now.path) ? undefined : 'updated'
  }
  if (now.type !== 'directory' && generations.origin(now) !== undefined) return undefined
  return 'created'
}

/** Nothing was deleted or moved where whatever was there still is: the usual case, for one reading. */
export function isAnythingGone(generations: Generations): boolean {
  for (const { old, now } of joined(generations.all('accepted'), generations.all('draft')))
    if (old !== undefined && old.type !== now?.type) return true
  return false
}

/** At the place to which its folder was moved, or moved itself. */
function isStillSomewhere(generations: Generations, moved: MovedFolders, old: ManifestEntry): boolean {
  const after = moved.after(old.path)
  if (after !== old.path && generations.at(after, 'draft')?.type === old.type) return true
  const now = old.type === 'directory' ? undefined : generations.destination(old)
  return now !== undefined && generations.origin(now)?.path === old.path
}

function deletion(old: ManifestEntry, path: string): Change {
  return { state: 'deleted', entry: old, path, cursor: old.path }
}

/** Two manifests side by side, by path. */
function* joined(
  before: IterableIterator<ManifestEntry>,
  after: IterableIterator<ManifestEntry>,
): Generator<{ old: ManifestEntry | undefined; now: ManifestEntry | undefined }> {
  const next = (from: IterableIterator<ManifestEntry>) => from.next().value as ManifestEntry | undefined
  let old = next(before)
  let now = next(after)
  try {
    while (old !== undefined || now !== undefined) {
      const order = orderOf(old, now)
      yield { old: order <= 0 ? old : undefined, now: order >= 0 ? now : undefined }
      if (order <= 0) old = next(before)
      if (order >= 0) now = next(after)
    }
  } finally {
    before.return?.()
    after.return?.()
  }
}

/** Which of them comes first; one that is not there comes last. */
function orderOf(one: ManifestEntry | undefined, other: ManifestEntry | undefined): number {
  if (one === undefined) return 1
  return other === undefined ? -1 : comparePaths(one.path, other.path)
}
