/** The cluster that is made of this host alone, so that a run has curves where nobody wrote a `cluster.json`. */

import type { Cluster, Topology } from './cluster.ts'
import { parseHostList } from './host-list.ts'
import { readCluster } from './reader.ts'
import type { ClusterSource, MetricSource } from './schema.ts'

export interface Machine {
  processorType: string
  topology: Topology
  ramMb: number
}

/** What is measured of a run's own process tree, in distinction from its whole host. */
export const JOB_METRICS = ['job_cpu', 'job_mem', 'job_read', 'job_write', 'job_threads', 'job_processes'] as const
export type JobMetricName = (typeof JOB_METRICS)[number]

const TIMESTEP_SECONDS = 5
const COUNT = { base: '' }
const GIGABYTES = { base: 'B', prefix: 'G' }
const BYTES_PER_SECOND = { base: 'B/s' }
/** Nobody measured what this machine can do. */
const UNKNOWN_RATE = { unit: { base: 'F/s', prefix: 'G' }, value: 0 }
const UNKNOWN_BANDWIDTH = { unit: { base: 'B/s', prefix: 'G' }, value: 0 }

/** A gigabit Ethernet, and a solid-state disk; no traffic is nothing to be warned of. */
const NETWORK = { peak: 125_000_000, normal: 10_000_000, caution: 0, alert: 0 }
const DISK = { peak: 500_000_000, normal: 50_000_000, caution: 0, alert: 0 }

export interface HostPlace {
  /** Of the cluster. */
  name: string
  hostname: string
}

/** @throws invalid for a name that cannot be a cluster's */
export function hostCluster({ name, hostname }: HostPlace, machine: Machine): Cluster {
  const source: ClusterSource = {
    name,
    metricConfig: [...hostMetrics(machine), ...jobMetrics(machine)],
    subClusters: [subClusterOf(hostname, machine)],
  }
  return readCluster(source, `the cluster of the host ${hostname}`)
}

function hostMetrics(machine: Machine): MetricSource[] {
  const threads = machine.topology.node.length
  const load = { peak: threads, normal: threads, caution: threads / 2, alert: threads / 4 }
  return [
    metric('cpu_load', COUNT, { ...load, aggregation: 'avg', footprint: 'avg' }),
    metric('cpu_user', COUNT, { peak: 100, normal: 50, caution: 20, alert: 10, aggregation: 'avg' }),
    metric('mem_used', GIGABYTES, { ...memory(machine), footprint: 'max' }),
    metric('net_bw', BYTES_PER_SECOND, NETWORK),
    metric('disk_read', BYTES_PER_SECOND, DISK),
    metric('disk_write', BYTES_PER_SECOND, DISK),
  ]
}

function jobMetrics(machine: Machine): (MetricSource & { name: JobMetricName })[] {
  const threads = machine.topology.node.length
  return [
    // One CPU kept busy is what most programs can do.
    metric('job_cpu', COUNT, { peak: threads, normal: 1, caution: 0.5, alert: 0.1, footprint: 'avg' }),
    metric('job_mem', GIGABYTES, { ...memory(machine), footprint: 'max' }),
    metric('job_read', BYTES_PER_SECOND, DISK),
    metric('job_write', BYTES_PER_SECOND, DISK),
    metric('job_threads', COUNT, crowd(threads)),
    metric('job_processes', COUNT, crowd(threads)),
  ]
}

type Details = Omit<MetricSource, 'name' | 'unit' | 'scope' | 'timestep'>

function metric<Name extends string>(name: Name, unit: MetricSource['unit'], details: Details) {
  return { name, unit, scope: 'node' as const, timestep: TIMESTEP_SECONDS, aggregation: 'sum' as const, ...details }
}

/** In GB of 10^9 bytes. */
function memory({ ramMb }: Machine) {
  const peak = roundTenth((ramMb * 2 ** 20) / 1e9)
  const [normal, caution, alert] = [0.5, 0.8, 0.9].map((share) => roundTenth(peak * share)) as [number, number, number]
  return { ...{ peak, normal, caution, alert }, lowerIsBetter: true }
}

/** Many more than there are hardware threads get in each other's way. */
function crowd(threads: number) {
  return { peak: threads * 8, normal: threads, caution: threads * 4, alert: threads * 8, lowerIsBetter: true }
}

function roundTenth(value: number): number {
  return Math.round(value * 10) / 10
}

function subClusterOf(hostname: string, { processorType, topology }: Machine): ClusterSource['subClusters'][number] {
  const sockets = Math.max(1, topology.socket.length)
  const cores = Math.max(1, topology.core.length)
  return {
    name: 'host',
    nodes: hostListOf(hostname),
    processorType,
    socketsPerNode: sockets,
    coresPerSocket: Math.max(1, Math.round(cores / sockets)),
    threadsPerCore: Math.max(1, Math.round(topology.node.length / cores)),
    ...{ flopRateScalar: UNKNOWN_RATE, flopRateSimd: UNKNOWN_RATE, memoryBandwidth: UNKNOWN_BANDWIDTH },
    topology: structuredClone(topology) as ClusterSource['subClusters'][number]['topology'],
  }
}

/** A name that host lists cannot have is as good as any. */
function hostListOf(hostname: string): string {
  try {
    return parseHostList(hostname).length === 1 ? hostname : '*'
  } catch {
    return '*'
  }
}
