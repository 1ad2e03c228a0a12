/** One curve each of mean, median, least and greatest, in place of very many curves in one plot (spec/cockpit.md 3.3). */

import { setImmediate } from 'node:timers/promises'
import type { JobMetric, Series, StatisticsSeries } from './metric.ts'

/** Fewer curves can be told apart in a plot. */
const LEAST_SERIES = 8
/** After so many values others have their turn: some 5 ms. */
const VALUES_PER_TURN = 200_000

/** The metric with its statistics series, where it has many series and none yet. */
export async function withStatisticsSeries(metric: JobMetric): Promise<JobMetric> {
  if (metric.statisticsSeries || metric.series.length < LEAST_SERIES) return metric
  return { ...metric, statisticsSeries: await statisticsSeriesOf(metric.series) }
}

/** As long as the longest; NaN where none has a value. */
export async function statisticsSeriesOf(series: readonly Series[]): Promise<StatisticsSeries> {
  const length = series.reduce((longest, { values }) => Math.max(longest, values.length), 0)
  const [mean, median, min, max] = Array.from({ length: 4 }, () => new Float64Array(length).fill(Number.NaN)) as [
    ...[Float64Array, Float64Array, Float64Array, Float64Array],
  ]
  const scratch = new Float64Array(series.length)
  const stepsPerTurn = Math.max(1, Math.floor(VALUES_PER_TURN / Math.max(1, series.length)))
  for (let at = 0; at < length; at++) {
    if (at > 0 && at % stepsPerTurn === 0) await setImmediate()
    const sorted = sortedAt(series, at, scratch)
    if (sorted.length === 0) continue
    mean[at] = sorted.reduce((sum, value) => sum + value, 0) / sorted.length
    median[at] = middleOf(sorted)
    min[at] = sorted[0]!
    max[at] = sorted.at(-1)!
  }
  return { mean, median, min, max }
}

function sortedAt(series: readonly Series[], at: number, scratch: Float64Array): Float64Array {
  let count = 0
  for (const { values } of series) {
    const value = values[at]
    if (value === undefined || !Number.isFinite(value)) continue
    scratch[count] = value
    count += 1
  }
  return scratch.subarray(0, count).sort()
}

function middleOf(sorted: Float64Array): number {
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2
}
