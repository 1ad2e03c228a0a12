/** A cluster as its file describes it, each part with the metrics that are measured there (spec 1.11). */

import type { Cluster, MetricConfig, SubCluster } from '../../../metric/cluster/cluster.ts'

interface Source {
  subClusters?: readonly object[]
}

export function showCluster({ name, source, subClusters }: Cluster): object {
  const written = source as Source
  const parts = (written.subClusters ?? []).map((part, index) => ({ ...part, ...measured(subClusters[index]) }))
  return { ...written, name, subClusters: parts }
}

function measured(part: SubCluster | undefined): object {
  return part ? { metricConfig: part.metrics.map(showMetric) } : {}
}

function showMetric(metric: MetricConfig): object {
  const { name, unit, scope, aggregation, timestepSeconds, peak, normal, caution, alert } = metric
  return {
    name,
    unit: { base: unit.base, prefix: unit.prefix || undefined },
    scope,
    aggregation,
    timestep: timestepSeconds,
    peak,
    normal,
    caution,
    alert,
    footprint: metric.footprint ?? undefined,
    energy: metric.energy ?? undefined,
    lowerIsBetter: metric.lowerIsBetter || undefined,
    restrict: metric.restrict || undefined,
  }
}
