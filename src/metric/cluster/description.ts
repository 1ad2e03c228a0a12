/** A cluster as `GET /api/clusters/` tells it: its file, and in each subcluster the metrics that follow from it (spec/cockpit.md 1.11). */

import type { Cluster, MetricConfig, SubCluster } from './cluster.ts'
import type { ClusterSource } from './schema.ts'

type Description = Readonly<Record<string, unknown>>

export function describeCluster(cluster: Cluster): Description {
  const source = cluster.source as ClusterSource
  const bySource = new Map(cluster.subClusters.map((subCluster) => [subCluster.name, subCluster]))
  return {
    ...source,
    name: cluster.name,
    subClusters: source.subClusters.map((own) => ({ ...withoutCount(own), ...derived(bySource.get(own.name)!) })),
  }
}

/** The number of nodes is for the reference's own use; old files have it in either spelling. */
function withoutCount(source: Description): Description {
  const { numberOfNodes: _, numberOfNode: __, ...rest } = source
  return rest
}

function derived({ metrics }: SubCluster): Description {
  const namesOf = (chosen: readonly MetricConfig[]) => (chosen.length > 0 ? chosen.map(({ name }) => name) : undefined)
  return {
    metricConfig: metrics.map(describeMetric),
    footprint: namesOf(metrics.filter(({ footprint }) => footprint)),
    energyFootprint: namesOf(metrics.filter(({ energy }) => energy)),
  }
}

/** Key by key as cc-lib schema/cluster.go prints it. */
function describeMetric(metric: MetricConfig): Description {
  const { name, unit, scope, peak, normal, caution, alert, restrict, lowerIsBetter } = metric
  return {
    name,
    unit: { base: unit.base, prefix: unit.prefix || undefined },
    ...{ peak, normal, caution, alert },
    energy: metric.energy ?? '',
    scope,
    aggregation: metric.aggregation === 'none' ? '' : metric.aggregation,
    footprint: metric.footprint ?? undefined,
    timestep: metric.timestepSeconds,
    ...{ restrict, lowerIsBetter },
  }
}
