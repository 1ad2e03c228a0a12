/** The curves of a run as a long table: a row for each value of each series. */

import { setImmediate } from 'node:timers/promises'
import type { Instant } from '../../../base/clock.ts'
import type { JobMetric, Series } from '../../../metric/metric.ts'
import type { Column, Rows } from './table.ts'

export interface CurvePoint {
  curve: JobMetric
  series: Series
  at: Instant
  value: number
}

export const CURVE_COLUMNS: readonly Column<CurvePoint>[] = [
  { name: 'metric', type: 'text', value: ({ curve }) => curve.metric },
  { name: 'scope', type: 'text', value: ({ curve }) => curve.scope },
  { name: 'hostname', type: 'text', value: ({ series }) => series.hostname },
  { name: 'id', type: 'text', value: ({ series }) => series.id },
  { name: 'unit', type: 'text', value: ({ curve }) => `${curve.unit.prefix}${curve.unit.base}` },
  { name: 'time', type: 'time', value: ({ at }) => at },
  { name: 'value', type: 'fraction', value: ({ value }) => (Number.isFinite(value) ? value : null) },
]

const POINTS_AT_ONCE = 5000

/** Others have their turn between two pieces. */
export async function* pointsOf(startedAt: Instant, curves: readonly JobMetric[]): Rows<CurvePoint> {
  for (const curve of curves) {
    const stepMs = curve.timestepSeconds * 1000
    for (const series of curve.series) {
      for (let from = 0; from < series.values.length; from += POINTS_AT_ONCE) {
        const values = series.values.subarray(from, from + POINTS_AT_ONCE)
        yield Array.from(values, (value, index) => ({ curve, series, at: startedAt + (from + index) * stepMs, value }))
        await setImmediate()
      }
    }
  }
}
