/** `cluster.json` made a cluster. */

import Value from 'typebox/value'
import { complaintOf } from '../../base/complaint.ts'
import { DomainError, messageOf } from '../../base/errors.ts'
import type { Unit } from '../metric.ts'
import type { Cluster, MetricConfig, SubCluster } from './cluster.ts'
import { parseHostList } from './host-list.ts'
import {
  CLUSTER,
  type ClusterSource,
  type MetricSource,
  type OverrideSource,
  type SubClusterSource,
  type UnitSource,
} from './schema.ts'

/** The text of a file, which messages call `file`. @throws invalid, naming file and JSON path and what to write */
export function parseCluster(text: string, file: string): Cluster {
  return readCluster(parseJson(text, file), file)
}

/** @throws invalid, naming file and JSON path and what to write */
export function readCluster(source: unknown, file: string): Cluster {
  if (!Value.Check(CLUSTER, source)) throw refusal(file, complaintOf(CLUSTER, source))
  checkNames(source, file)
  for (const [index, { nodes }] of source.subClusters.entries())
    checkHosts(nodes, `${file}: subClusters[${index}].nodes`)
  return {
    name: source.name,
    metrics: source.metricConfig.map(readMetric),
    subClusters: source.subClusters.map((subCluster) => readSubCluster(subCluster, source.metricConfig)),
    source,
  }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw refusal(file, `it is not JSON: ${messageOf(error)}`)
  }
}

/** A name that stands twice would leave open which one is meant. */
function checkNames(source: ClusterSource, file: string): void {
  for (const key of ['metricConfig', 'subClusters'] as const) {
    const names = source[key].map(({ name }) => name)
    const index = names.findIndex((name, at) => names.indexOf(name) < at)
    if (index >= 0)
      throw refusal(file, `${key}[${index}].name is "${names[index]}" for a second time; give it a name of its own`)
  }
}

function checkHosts(nodes: string, place: string): void {
  try {
    parseHostList(nodes)
  } catch (error) {
    throw refusal(place, messageOf(error))
  }
}

function readMetric(source: MetricSource): MetricConfig {
  const { name, scope, peak, normal, caution, alert } = source
  return {
    name,
    unit: readUnit(source.unit),
    scope,
    timestepSeconds: source.timestep,
    aggregation: source.aggregation || 'none',
    ...{ peak, normal, caution, alert },
    footprint: source.footprint || null,
    energy: source.energy || null,
    lowerIsBetter: source.lowerIsBetter ?? false,
    restrict: source.restrict ?? false,
  }
}

function readUnit({ base, prefix }: UnitSource): Unit {
  return { base, prefix: prefix ?? '' }
}

function readSubCluster(source: SubClusterSource, metrics: readonly MetricSource[]): SubCluster {
  const { name, nodes, processorType, socketsPerNode, coresPerSocket, threadsPerCore } = source
  const { node, socket, memoryDomain, die, core, accelerators } = source.topology
  return {
    ...{ name, nodes, processorType, socketsPerNode, coresPerSocket, threadsPerCore },
    topology: {
      ...{ node, socket, memoryDomain },
      die: die ?? [],
      core: core ?? [],
      accelerators: (accelerators ?? []).map(({ id, type, model }) => ({ id, type, model })),
    },
    metrics: metrics.flatMap((metric) => metricOf(name, metric)),
  }
}

/** None where the subcluster removes it. */
function metricOf(subCluster: string, metric: MetricSource): MetricConfig[] {
  const override = metric.subClusters?.find(({ name }) => name === subCluster)
  if (override?.remove) return []
  return [override ? overridden(readMetric(metric), override) : readMetric(metric)]
}

/**
 * What the subcluster does not mention stays as the cluster has it. (The reference takes an absent threshold for 0 and
 * an absent footprint for none, for which its own files repeat them.)
 */
function overridden(metric: MetricConfig, override: OverrideSource): MetricConfig {
  return {
    ...metric,
    peak: override.peak ?? metric.peak,
    normal: override.normal ?? metric.normal,
    caution: override.caution ?? metric.caution,
    alert: override.alert ?? metric.alert,
    footprint: override.footprint === undefined ? metric.footprint : override.footprint || null,
    energy: override.energy === undefined ? metric.energy : override.energy || null,
    lowerIsBetter: override.lowerIsBetter ?? metric.lowerIsBetter,
    restrict: override.restrict ?? metric.restrict,
  }
}

function refusal(place: string, reason: string): DomainError {
  return new DomainError('invalid', `${place}: ${reason}`)
}
