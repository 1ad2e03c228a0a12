/** What the record of jobs stands on: clusters, the archive, measured values, and the keeping of records over them. */

import { join } from 'node:path'
import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Config } from '../config.ts'
import { createRecordKeeping, type RecordKeeping } from '../engine/record/record-keeping.ts'
import type { Archive } from '../metric/archive/archive.ts'
import { createArchive } from '../metric/archive/object-archive.ts'
import type { Cluster, Clusters } from '../metric/cluster/cluster.ts'
import { createClusters } from '../metric/cluster/clusters.ts'
import { hostCluster } from '../metric/cluster/host-cluster.ts'
import { readMachine } from '../metric/cluster/machine.ts'
import { createMemoryStore } from '../metric/memory/memory-store.ts'
import type { MetricStore } from '../metric/metric-store.ts'
import { openObjectStorage } from '../object-storage/open.ts'
import type { StorageTarget } from '../settings/cockpit-config.ts'
import type { Store } from '../store/store.ts'

export interface RecordRoom {
  keeping: RecordKeeping
  metrics: MetricStore
  archive: Archive
  clusters(): Clusters
  /** The cluster of this host; undefined where none has it. */
  homeCluster(): string | undefined
  /** Reads every cluster.json anew. @throws invalid, and then the clusters stay as they were */
  reread(): Promise<void>
  close(): Promise<void>
}

export interface RecordRoomParts {
  store: Store
  /** As the executor names this host. */
  hostname: string
  clock: Clock
  log: Logger
}

/** @throws invalid for a cluster.json that cannot be, unavailable when the archive does not answer */
export async function openRecordRoom(config: Config, parts: RecordRoomParts): Promise<RecordRoom> {
  const { hostname, store, clock, log } = parts
  const archive = await openArchive(config, config.archive.target, parts)
  const { target } = config.archive.retention
  const retentionTarget = target ? await openArchive(config, target, parts) : undefined
  let clusters = createClusters(await readClusters(archive, config, hostname))
  const { retentionMs, checkpointIntervalMs, memoryMb } = config.metrics
  const directory = join(config.dataDir, 'metrics')
  const metrics = createMemoryStore({ directory, retentionMs, checkpointIntervalMs, memoryMb, clock, log })
  await metrics.start()
  await metrics.configure(clusters.list().map(meteredOf))
  const home = (host: string) => homeOf(clusters, host)
  const keeping = createRecordKeeping({
    store,
    clusters: () => clusters,
    metrics,
    archive: () => archive,
    retentionTarget: () => retentionTarget,
    home,
    plan: {
      rules: config.cockpit.rules,
      shortestRunMs: config.archive.shortestRunMs,
      stopExceedingMs: config.cockpit.stopExceedingMs,
      retention: config.archive.retention,
    },
    clock,
    log,
  })
  return {
    keeping,
    metrics,
    archive,
    clusters: () => clusters,
    homeCluster: () => home(hostname)?.cluster,
    async reread() {
      const read = createClusters(await readClusters(archive, config, hostname))
      await metrics.configure(read.list().map(meteredOf))
      clusters = read
    },
    async close() {
      await metrics.stop()
      await archive.close()
      await retentionTarget?.close()
    },
  }
}

async function openArchive(config: Config, target: StorageTarget, { clock }: RecordRoomParts): Promise<Archive> {
  const { endpoint, region, credentialsFile } = config.archive.s3
  const s3 = {
    region,
    pathStyle: endpoint !== null,
    ...(endpoint === null ? {} : { endpoint }),
    ...(credentialsFile === null ? {} : { credentialsFile }),
  }
  return createArchive(await openObjectStorage(target, { s3, clock }))
}

/** Those of the archive; where none has this host, one is made of it and kept there, for people to change. */
async function readClusters(archive: Archive, config: Config, hostname: string): Promise<Cluster[]> {
  const written = await archive.clusters()
  if (!config.metrics.hostCluster || homeOf(createClusters(written), hostname)) return written
  const made = hostCluster({ name: freeName(hostname, written), hostname }, readMachine())
  await archive.storeCluster(made.name, made.source)
  return [...written, made]
}

function freeName(wanted: string, taken: readonly Cluster[]): string {
  return taken.some(({ name }) => name === wanted) ? freeName(`${wanted}-host`, taken) : wanted
}

function homeOf(clusters: Clusters, hostname: string): { cluster: string; subCluster: string } | undefined {
  for (const { name } of clusters.list()) {
    const subCluster = clusters.subClusterOf(name, hostname)
    if (subCluster) return { cluster: name, subCluster: subCluster.name }
  }
  return undefined
}

function meteredOf({ name, metrics }: Cluster) {
  return {
    cluster: name,
    metrics: metrics.map((metric) => ({
      name: metric.name,
      timestepMs: metric.timestepSeconds * 1000,
      aggregation: metric.aggregation,
    })),
  }
}
