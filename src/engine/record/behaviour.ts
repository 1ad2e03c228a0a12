/** What curves amount to: statistics, footprint and energy of a run (spec/cockpit.md 3.3). Pure. */

import type { Behaviour, JobRecord } from '../../job/record.ts'
import type { SubCluster } from '../../metric/cluster/cluster.ts'
import { type Consumption, energyOf } from '../../metric/energy.ts'
import { footprintOf } from '../../metric/footprint.ts'
import type { JobMetric, Scope } from '../../metric/metric.ts'
import { jobStatistics } from '../../metric/statistics.ts'

/** Finer curves of many nodes would be more than anybody looks at (spec/cockpit.md 3.4). */
const MOST_NODES_WITH_CORES = 8

export function scopesToKeep({ numNodes, numAcc }: Pick<JobRecord, 'numNodes' | 'numAcc'>): Scope[] {
  const scopes: Scope[] = ['node']
  if (numNodes <= MOST_NODES_WITH_CORES) scopes.push('core')
  if (numAcc > 0) scopes.push('accelerator')
  return scopes
}

export function hasValues(curves: readonly JobMetric[]): boolean {
  return curves.some(({ series }) => series.some(({ statistics }) => statistics !== null))
}

/** `durationMs` is how long the run took, or has taken so far; what was known before and was not measured stays. */
export function behaviourOf(
  record: Pick<JobRecord, 'numNodes' | keyof Behaviour>,
  { metrics }: SubCluster,
  curves: readonly JobMetric[],
  durationMs: number,
): Behaviour {
  const statistics = jobStatistics(curves)
  const footprint = { ...record.footprint, ...footprintOf(metrics, statistics) }
  return {
    statistics,
    footprint,
    ...measuredEnergy(record, { metrics, curves, numNodes: record.numNodes, durationMs }),
  }
}

function measuredEnergy(record: Pick<Behaviour, 'energy' | 'energyFootprint'>, consumption: Consumption) {
  const { energyFootprint, energy } = energyOf(consumption)
  if (Object.keys(energyFootprint).length > 0) return { energyFootprint, energy }
  return { energyFootprint: record.energyFootprint ?? energyFootprint, energy: record.energy }
}
