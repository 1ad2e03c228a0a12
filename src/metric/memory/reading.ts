/**
 * Curves for queries: joined from chunks, laid on the grid that all series share, and made one where that is asked.
 *
 * A curve has every slot that touches the asked span, as far as the store's values reach at all; so the curves of one metric
 * and span line up value by value, whatever hosts they are of.
 */

import type { Instant } from '../../base/clock.ts'
import { type Aggregation, type Level, SCOPES } from '../metric.ts'
import type { SeriesAnswer, SeriesQuery } from '../metric-store.ts'
import { type Metric, type Series, SUB } from './series.ts'
import type { Levels, Tree } from './tree.ts'

/** Slots of the grid. */
interface Span {
  first: number
  count: number
}

export function readSeries(tree: Tree, query: SeriesQuery): SeriesAnswer[] {
  const branch = tree.clusters.get(query.cluster)
  const metric = branch?.metrics.get(query.metric)
  const levels = branch?.hosts.get(query.host)?.get(query.metric)
  if (!metric || !levels) return []
  const span = spanOf(tree, query, metric.timestepMs)
  if (span.count <= 0) return []
  const answer = (id: string, values: Float64Array): SeriesAnswer => {
    return { id, curve: { from: span.first * metric.timestepMs, timestepMs: metric.timestepMs, values } }
  }
  const curves = curvesAt(levels, query, { metric, span })
  if (!query.aggregate) return curves.map(([id, values]) => answer(id, values))
  const whole = curves.length > 0 ? curves : childCurves(levels, query, { metric, span })
  const only =
    query.level === 'node' && curves.length > 0 ? curves[0]![1] : aggregate(valuesOf(whole), metric.aggregation)
  return only ? [answer('', only)] : []
}

interface Asked {
  metric: Metric
  span: Span
}

type IdCurve = [id: string, values: Float64Array]

function spanOf(tree: Tree, { from, to }: { from: Instant; to: Instant }, timestepMs: number): Span {
  const slotOf = (at: Instant) => Math.floor(at / timestepMs + 0.5)
  const first = slotOf(Math.max(from, tree.oldest))
  return { first, count: slotOf(Math.min(to, tree.newest)) - first + 1 }
}

/** The finest answer at the coarsest level that has one; runs are no part of their node. */
function childCurves(levels: Levels, query: SeriesQuery, asked: Asked): IdCurve[] {
  if (query.level !== 'node') return []
  for (const level of SCOPES) {
    const curves = level === 'node' ? [] : curvesAt(levels, { level, ids: [] }, asked)
    if (curves.length > 0) return curves
  }
  return []
}

function curvesAt(levels: Levels, { level, ids }: { level: Level; ids: readonly string[] }, asked: Asked): IdCurve[] {
  const branch = levels.get(level)
  if (!branch) return []
  const parts = partsOf(branch)
  const wanted = level === 'node' ? [''] : ids.length > 0 ? ids : new Set([...branch.keys()].map(wholeId))
  const curves: IdCurve[] = []
  for (const id of wanted) {
    const own = branch.get(id)
    const values = (own && curveOf(own, asked.span)) ?? partsCurve(parts.get(id) ?? [], asked)
    if (values) curves.push([id, values])
  }
  return curves
}

/** The series of parts of ids (`stype`), by the whole's id. */
function partsOf(branch: ReadonlyMap<string, Series>): Map<string, Series[]> {
  const parts = new Map<string, Series[]>()
  for (const [id, series] of branch) {
    const whole = wholeId(id)
    if (whole === id) continue
    const known = parts.get(whole)
    if (known) known.push(series)
    else parts.set(whole, [series])
  }
  return parts
}

function wholeId(id: string): string {
  const end = id.indexOf(SUB)
  return end < 0 ? id : id.slice(0, end)
}

function partsCurve(parts: readonly Series[], { metric, span }: Asked): Float64Array | undefined {
  const curves = parts.map((part) => curveOf(part, span)).filter((values) => values !== undefined)
  return aggregate(curves, metric.aggregation)
}

/** Undefined where nothing was measured in the span. */
function curveOf({ chunks }: Series, { first, count }: Span): Float64Array | undefined {
  const touching = chunks.filter(({ firstSlot, used }) => firstSlot < first + count && firstSlot + used > first)
  if (touching.length === 0) return undefined
  const values = new Float64Array(count).fill(Number.NaN)
  for (const { firstSlot, used, values: measured } of touching) {
    const from = Math.max(first - firstSlot, 0)
    const to = Math.min(first + count - firstSlot, used)
    values.set(measured.subarray(from, to), firstSlot + from - first)
  }
  return values.some((value) => !Number.isNaN(value)) ? values : undefined
}

function valuesOf(curves: readonly IdCurve[]): Float64Array[] {
  return curves.map(([, values]) => values)
}

/** Value by value; NaN counts for nothing, and where all are NaN the result is. Undefined for no curves, or no rule. */
export function aggregate(curves: readonly Float64Array[], rule: Aggregation): Float64Array | undefined {
  if (curves.length === 0 || rule === 'none') return undefined
  const sums = new Float64Array(curves[0]!.length)
  const counts = new Uint32Array(sums.length)
  for (const values of curves) addTo(sums, counts, values)
  for (let slot = 0; slot < sums.length; slot += 1) {
    if (counts[slot] === 0) sums[slot] = Number.NaN
    else if (rule === 'avg') sums[slot] = sums[slot]! / counts[slot]!
  }
  return sums
}

function addTo(sums: Float64Array, counts: Uint32Array, values: Float64Array): void {
  for (let slot = 0; slot < values.length; slot += 1) {
    const value = values[slot]!
    if (Number.isNaN(value)) continue
    sums[slot] = sums[slot]! + value
    counts[slot] = counts[slot]! + 1
  }
}
