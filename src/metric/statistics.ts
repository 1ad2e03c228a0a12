/** Least, mean and greatest value of curves; gaps (NaN) count for nothing. */

import type { MetricStatistics } from '../job/record.ts'
import type { JobMetric, Series, Statistics } from './metric.ts'

/** Null where nothing was measured. */
export function statisticsOf(values: Float64Array): Statistics | null {
  let [min, max, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const value of values) {
    // Not finite: what a collector could not divide is a gap too, and JSON could not say it.
    if (!Number.isFinite(value)) continue
    if (value < min) min = value
    if (value > max) max = value
    sum += value
    count += 1
  }
  return count === 0 ? null : { min, avg: sum / count, max }
}

/** By metric, over the node curves of a job; metrics that were never measured there are left out (spec/cockpit.md 3.3). */
export function jobStatistics(curves: readonly JobMetric[]): Record<string, MetricStatistics> {
  const entries = curves
    .filter(({ scope }) => scope === 'node')
    .map(({ metric, unit, series }) => [metric, overSeries(series), unit] as const)
  return Object.fromEntries(
    entries.flatMap(([metric, statistics, unit]) => (statistics ? [[metric, { unit, ...rounded(statistics) }]] : [])),
  )
}

/** Mean of the means, least, greatest. */
function overSeries(series: readonly Series[]): Statistics | null {
  const each = series.flatMap(({ statistics }) => statistics ?? [])
  if (each.length === 0) return null
  return {
    min: each.reduce((least, { min }) => Math.min(least, min), Number.POSITIVE_INFINITY),
    avg: each.reduce((sum, { avg }) => sum + avg, 0) / each.length,
    max: each.reduce((greatest, { max }) => Math.max(greatest, max), Number.NEGATIVE_INFINITY),
  }
}

function rounded({ min, avg, max }: Statistics): Statistics {
  return { min: roundHundredth(min), avg: roundHundredth(avg), max: roundHundredth(max) }
}

/** As ClusterCockpit writes numbers into its archive. */
export function roundHundredth(value: number): number {
  const hundredfold = value * 100
  return Math.abs(hundredfold) < Number.MAX_SAFE_INTEGER ? Math.round(hundredfold) / 100 : value
}
