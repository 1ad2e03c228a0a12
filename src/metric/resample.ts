/**
 * Long curves made short for plots, by the largest triangle of three buckets (Steinarsson 2013): of each stretch the one
 * value that matters most to the shape. As in the reference (cc-lib resampler) the values count as evenly apart afterwards,
 * at a multiple of the timestep.
 */

import type { JobMetric } from './metric.ts'

/** Fewer points show no shape. */
const LEAST_POINTS = 10

/** The metric with at most about `mostPoints` values in each curve; itself where they are that few already. */
export function resampleMetric(metric: JobMetric, mostPoints: number): JobMetric {
  const longest = metric.series.reduce((length, { values }) => Math.max(length, values.length), 0)
  const step = Math.ceil(longest / Math.max(LEAST_POINTS, mostPoints))
  if (step <= 1) return metric
  const { statisticsSeries: of } = metric
  const thin = (values: Float64Array) => thinned(values, Math.ceil(values.length / step))
  return {
    ...metric,
    timestepSeconds: metric.timestepSeconds * step,
    series: metric.series.map((series) => ({ ...series, values: thin(series.values) })),
    statisticsSeries: of && { mean: thin(of.mean), median: thin(of.median), min: thin(of.min), max: thin(of.max) },
  }
}

/** `count` of the values: both ends, and of each bucket between the one that spans the largest triangle, NaN where it has none. */
export function thinned(values: Float64Array, count: number): Float64Array {
  if (count >= values.length) return values
  if (count < 3) return values.slice(0, count)
  const result = new Float64Array(count)
  const bucketOf = (index: number) => 1 + Math.floor((index * (values.length - 2)) / (count - 2))
  const extremes = extremesOf(values)
  let before = 0
  result[0] = values[0]!
  for (let index = 0; index < count - 2; index++) {
    const [from, to] = [bucketOf(index), bucketOf(index + 1)]
    const after = centreOf(values, to, index === count - 3 ? values.length : bucketOf(index + 2))
    const chosen = chooseFrom(values, { from, to, before, after, extremes })
    result[index + 1] = chosen < 0 ? Number.NaN : values[chosen]!
    if (chosen >= 0) before = chosen
  }
  result[count - 1] = values.at(-1)!
  return result
}

interface Point {
  x: number
  y: number
}

interface Bucket {
  from: number
  to: number
  /** The value that was chosen last. */
  before: number
  /** The middle of the next bucket. */
  after: Point
  extremes: readonly number[]
}

/** The index of the value to keep; -1 for a bucket without values. An extreme of the whole curve is kept always. */
function chooseFrom(values: Float64Array, { from, to, before, after, extremes }: Bucket): number {
  const first = { x: before, y: known(values[before]!, 0) }
  const last = { x: after.x, y: known(after.y, first.y) }
  let [chosen, largest] = [-1, -1]
  for (let at = from; at < to; at++) {
    if (Number.isNaN(values[at])) continue
    const area = extremes.includes(at) ? Number.MAX_VALUE : triangle(first, { x: at, y: values[at]! }, last)
    if (area > largest) [chosen, largest] = [at, area]
  }
  return chosen
}

function triangle(a: Point, b: Point, c: Point): number {
  return Math.abs((a.x - c.x) * (b.y - a.y) - (a.x - b.x) * (c.y - a.y)) / 2
}

function centreOf(values: Float64Array, from: number, to: number): Point {
  let [sum, count] = [0, 0]
  for (let at = from; at < to; at++) {
    if (Number.isNaN(values[at])) continue
    sum += values[at]!
    count += 1
  }
  return { x: (from + to - 1) / 2, y: sum / count }
}

function known(value: number, otherwise: number): number {
  return Number.isNaN(value) ? otherwise : value
}

/** Where the least and the greatest value are. */
function extremesOf(values: Float64Array): number[] {
  let [least, greatest] = [-1, -1]
  for (let at = 0; at < values.length; at++) {
    if (Number.isNaN(values[at])) continue
    if (least < 0 || values[at]! < values[least]!) least = at
    if (greatest < 0 || values[at]! > values[greatest]!) greatest = at
  }
  return [least, greatest]
}
