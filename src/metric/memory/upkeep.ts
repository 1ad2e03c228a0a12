/** Keeps the store within its time and its memory. */

import type { Chunk } from './chunk.ts'
import type { Series } from './series.ts'
import type { Tree } from './tree.ts'

/** What is freed beyond the need, so that not every value looks for the oldest chunk. */
const FREED_SHARE = 0.1

/** Drops what is older than the horizon, but of hosts on which jobs run. */
export function dropOld(tree: Tree): void {
  for (const series of tree.every()) if (mayAge(tree, series)) series.dropBefore(tree.horizon, tree.pool)
}

/** A host may be busy for years: what its ended runs used is not kept with it. */
function mayAge(tree: Tree, { place, newest }: Series): boolean {
  return !tree.isRetained(place) || (place.level === 'job' && newest.until <= tree.horizon)
}

/** Drops the oldest chunks of all, retained or not, until the store fits. */
export function fitInto(tree: Tree, limitBytes: number): void {
  const target = limitBytes * (1 - FREED_SHARE)
  const chunks: [Series, Chunk][] = []
  for (const series of tree.every()) for (const chunk of series.chunks) chunks.push([series, chunk])
  chunks.sort(([, a], [, b]) => a.until - b.until)
  for (const [series, chunk] of chunks) {
    if (tree.bytes <= target) return
    series.drop(chunk, tree.pool)
    if (series.chunks.length === 0) tree.remove(series)
  }
}

/** Removes series without a value. */
export function removeEmpty(tree: Tree): void {
  const empty = [...tree.every()].filter(({ chunks }) => chunks.length === 0)
  for (const series of empty) tree.remove(series)
}
