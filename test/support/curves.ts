/** Curves of jobs for tests. */

import { randomInt } from 'node:crypto'
import type { JobMetric, Series } from '../../src/metric/metric.ts'
import { statisticsOf } from '../../src/metric/statistics.ts'

export function aSeries(hostname: string, numbers: readonly (number | null)[], id: string | null = null): Series {
  const values = Float64Array.from(numbers, (value) => value ?? Number.NaN)
  return { hostname, id, values, statistics: statisticsOf(values) }
}

export function aMetric(fields: Partial<JobMetric> & Pick<JobMetric, 'series'>): JobMetric {
  const unit = { base: '', prefix: '' }
  return { metric: 'cpu_load', scope: 'node', unit, timestepSeconds: 60, statisticsSeries: null, ...fields }
}

/** Values of two decimals between 0 and 100, now and then none. */
export function wildSeries(hostname: string, length: number): Series {
  return aSeries(
    hostname,
    Array.from({ length }, () => (randomInt(50) === 0 ? null : randomInt(10_000) / 100)),
  )
}
