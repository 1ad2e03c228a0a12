/** What is remembered of a run's behaviour in single numbers (spec/cockpit.md 3.3). */

import type { MetricStatistics } from '../job/record.ts'
import type { MetricConfig } from './cluster/cluster.ts'

/** By `<metric>_<avg|min|max>`, of the metrics that are marked so and were measured. */
export function footprintOf(
  metrics: readonly MetricConfig[],
  statistics: Readonly<Record<string, MetricStatistics>>,
): Record<string, number> {
  return Object.fromEntries(
    metrics.flatMap(({ name, footprint }) => {
      const value = footprint && statistics[name]?.[footprint]
      return footprint && value !== undefined && value !== null ? [[`${name}_${footprint}`, value]] : []
    }),
  )
}
