/** What lies below a selector, `["emmy","e0101","socket0"]`: to be looked at, and to be dropped. */

import type { Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Selector } from '../metric-store.ts'
import type { Chunk } from './chunk.ts'
import { type Place, type Series, SUB } from './series.ts'
import { seriesOf, type Tree } from './tree.ts'

interface Stretch {
  /** Unix seconds. */
  start: number
  /** Slots, those without a value included. */
  len: number
  end: number
}

interface Branch {
  [name: string]: Branch | Stretch[]
}

/** @throws not_found */
export function describeBranch(tree: Tree, selector: Selector): Branch {
  const root = Object.create(null) as Branch
  let count = 0
  for (const series of below(tree, selector)) {
    count += 1
    const path = pathOf(series.place).slice(selector.length)
    path.reduce(branchAt, root)[series.metric.name] = series.chunks.map(stretchOf)
  }
  if (count === 0 && selector.length > 0)
    throw new DomainError('not_found', `nothing is measured below ${selector.map((name) => `"${name}"`).join(', ')}`)
  return root
}

function branchAt(branch: Branch, name: string): Branch {
  const known = branch[name]
  if (known && !Array.isArray(known)) return known
  const made = Object.create(null) as Branch
  branch[name] = made
  return made
}

/** Each series below one of the selectors once, or every one where there is no selector. */
function belowAny(tree: Tree, selectors: readonly Selector[]): Iterable<Series> {
  if (selectors.length === 0) return tree.every()
  return new Set(selectors.flatMap((selector) => [...below(tree, selector)]))
}

/** Answers how many chunks went, and of which series. */
export function dropBefore(
  tree: Tree,
  before: Instant,
  selectors: readonly Selector[],
): { dropped: number; of: Series[] } {
  const of: Series[] = []
  let dropped = 0
  for (const series of belowAny(tree, selectors)) {
    const count = series.dropBefore(before, tree.pool)
    if (count > 0) of.push(series)
    dropped += count
  }
  return { dropped, of }
}

function* below(tree: Tree, [cluster, host, ...rest]: Selector): Generator<Series> {
  for (const { hosts } of matching(tree.clusters, cluster))
    for (const branch of matching(hosts, host))
      for (const series of seriesOf(branch)) if (isBelow(series.place, rest)) yield series
}

function matching<V>(branches: ReadonlyMap<string, V>, name: string | undefined): Iterable<V> {
  if (name === undefined) return branches.values()
  const branch = branches.get(name)
  return branch === undefined ? [] : [branch]
}

function isBelow(place: Place, rest: readonly string[]): boolean {
  const path = pathOf(place)
  return rest.every((name, index) => path[index + 2] === name)
}

/** Of names: cluster, host, LEVELID unless it is the node, and the part's. */
function pathOf({ cluster, host, level, id }: Place): string[] {
  const [whole, ...parts] = id.split(SUB)
  return [cluster, host, ...(level === 'node' ? [] : [`${level}${whole}`]), ...parts]
}

function stretchOf({ start, until, used }: Chunk): Stretch {
  return { start: Math.round(start / 1000), len: used, end: Math.round(until / 1000) }
}
