/** Keeps the store within its time and its memory. */

import type { Instant } from '../../base/clock.ts'
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
  while (tree.bytes > target && tree.count > 0) {
    const before = oldestShare(tree, 1 - target / tree.bytes)
    for (const series of tree.every()) {
      if (tree.bytes <= target) return
      series.dropBefore(before, tree.pool)
      if (series.chunks.length === 0) tree.remove(series)
    }
  }
}

/** When the oldest `share` of all chunks has ended; no end at all where there are none. */
function oldestShare(tree: Tree, share: number): Instant {
  const ends: Instant[] = []
  for (const { chunks } of tree.every()) for (const { until } of chunks) ends.push(until)
  const sorted = Float64Array.from(ends).sort()
  return sorted[Math.floor(share * sorted.length)] ?? Number.POSITIVE_INFINITY
}

/** Removes series without a value. */
export function removeEmpty(tree: Tree): void {
  const empty = [...tree.every()].filter(({ chunks }) => chunks.length === 0)
  for (const series of empty) tree.remove(series)
}
