/** The electricity that a run took, from metrics of power (W) and from counters of energy (J) (spec/cockpit.md 3.3). */

import type { Behaviour } from '../job/record.ts'
import type { MetricConfig } from './cluster/cluster.ts'
import type { JobMetric, Series, Unit } from './metric.ts'
import { roundHundredth } from './statistics.ts'

export interface Consumption {
  /** Of the subcluster. */
  metrics: readonly MetricConfig[]
  curves: readonly JobMetric[]
  numNodes: number
  durationMs: number
}

const MS_PER_HOUR = 3_600_000
const JOULES_PER_KWH = 3_600_000
const FACTORS: Readonly<Record<string, number>> = {
  '': 1,
  K: 1e3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  m: 1e-3,
  u: 1e-6,
}

/** kWh by metric, and in all. */
export function energyOf(
  consumption: Consumption,
): Pick<Behaviour, 'energy'> & { energyFootprint: Record<string, number> } {
  const entries = consumption.metrics.flatMap((metric) => {
    const curve = consumption.curves.find(({ metric: name, scope }) => name === metric.name && scope === 'node')
    return metric.energy && curve
      ? [[metric.name, roundHundredth(kwhOf(metric.energy, curve, consumption))] as const]
      : []
  })
  const energy = roundHundredth(entries.reduce((sum, [, kwh]) => sum + kwh, 0))
  return { energyFootprint: Object.fromEntries(entries), energy }
}

function kwhOf(kind: 'power' | 'energy', { series, unit }: JobMetric, { numNodes, durationMs }: Consumption): number {
  if (kind === 'energy') return (series.reduce((sum, one) => sum + joulesOf(one), 0) * factorOf(unit)) / JOULES_PER_KWH
  const means = series.flatMap(({ statistics }) => (statistics ? [statistics.avg] : []))
  if (means.length === 0) return 0
  // A node that sent nothing is taken to have been like the others.
  const watts = (means.reduce((sum, mean) => sum + mean, 0) / means.length) * numNodes * factorOf(unit)
  return (watts / 1000) * (durationMs / MS_PER_HOUR)
}

/** What a counter went up; one that fell began anew at 0. */
function joulesOf({ values }: Series): number {
  let [joules, last] = [0, Number.NaN]
  for (const value of values) {
    if (!Number.isFinite(value)) continue
    if (!Number.isNaN(last)) joules += value >= last ? value - last : Math.max(0, value)
    last = value
  }
  return joules
}

function factorOf({ prefix }: Unit): number {
  return FACTORS[prefix] ?? 1
}
