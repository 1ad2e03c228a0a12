/** The keeping of records over a real store and a real archive, with measured values and a clock that a test moves by hand. */

import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Caller } from '../../src/auth/caller.ts'
import { type Logger, silentLog } from '../../src/base/log.ts'
import { createRecordKeeping, type RecordKeeping, type RecordPlan } from '../../src/engine/record/record-keeping.ts'
import type { JobRecord } from '../../src/job/record.ts'
import type { Archive } from '../../src/metric/archive/archive.ts'
import { createArchive } from '../../src/metric/archive/object-archive.ts'
import { createClusters } from '../../src/metric/cluster/clusters.ts'
import { hostCluster } from '../../src/metric/cluster/host-cluster.ts'
import { readCluster } from '../../src/metric/cluster/reader.ts'
import { createDiskStorage } from '../../src/object-storage/disk.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { HandClock } from './clock.ts'
import { testFolder } from './folder.ts'
import { HandMetrics } from './hand-metrics.ts'

export interface RecordHouse {
  keeping: RecordKeeping
  store: Store
  archive: Archive
  /** Where old runs go. */
  elsewhere: Archive
  metrics: HandMetrics
  clock: HandClock
  dataDir: string
  /** Settles when it is decided what becomes of a run's curves. */
  settled(id: number): Promise<JobRecord>
}

export interface RecordHouseOptions {
  plan?: Partial<RecordPlan>
  log?: Logger
  dataDir?: string
  clock?: HandClock
  metrics?: HandMetrics
}

export const reporter: Caller = { user: 'adapter', level: 'user', roles: ['api'] }
export const administrator: Caller = { user: 'root', level: 'admin', roles: ['admin'] }

export function aPerson(user: string, changes: Partial<Caller> = {}): Caller {
  return { user, level: 'user', roles: ['user'], ...changes }
}

export const CLUSTERS = createClusters([
  readCluster(fritz(), 'fritz/cluster.json'),
  hostCluster(
    { name: 'vnc', hostname: 'node01' },
    {
      processorType: 'test',
      ramMb: 16_000,
      topology: {
        node: [0, 1],
        socket: [[0, 1]],
        memoryDomain: [[0, 1]],
        die: [[0, 1]],
        core: [[0], [1]],
        accelerators: [],
      },
    },
  ),
])

export async function makeRecordHouse(options: RecordHouseOptions = {}): Promise<RecordHouse> {
  const dataDir = options.dataDir ?? testFolder()
  const clock = options.clock ?? new HandClock()
  const metrics = options.metrics ?? new HandMetrics()
  const store = await openSqliteStore({ dataDir })
  const archive = createArchive(createDiskStorage({ root: join(dataDir, 'archive') }))
  const elsewhere = createArchive(createDiskStorage({ root: join(dataDir, 'elsewhere') }))
  const keeping = createRecordKeeping({
    store,
    clusters: () => CLUSTERS,
    metrics,
    archive: () => archive,
    retentionTarget: () => elsewhere,
    home: (host) => (host === 'node01' ? { cluster: 'vnc', subCluster: 'host' } : undefined),
    plan: {
      rules: join(dataDir, 'tagger'),
      shortestRunMs: 1000,
      stopExceedingMs: 0,
      retention: { policy: 'none', ageMs: 0, keepTagged: 'user', records: true, nodeStatesAgeMs: 0 },
      ...options.plan,
    },
    clock,
    log: options.log ?? silentLog,
  })
  await keeping.start()
  onTestFinished(async () => {
    await keeping.stop()
    await Promise.all([archive.close(), elsewhere.close()])
    await store.close()
  })
  return { keeping, store, archive, elsewhere, metrics, clock, dataDir, settled: (id) => settled(store, id) }
}

/** By the next settlement, or one that has been. */
function settled(store: Store, id: number): Promise<JobRecord> {
  const { settle } = store.records
  return new Promise((resolve) => {
    store.records.settle = async (settledId, outcome) => {
      await settle(settledId, outcome)
      const record = await store.records.get(settledId)
      if (settledId !== id || !record || record.monitoring === 'pending') return
      store.records.settle = settle
      resolve(record)
    }
  })
}

function fritz() {
  const limits = { peak: 72, normal: 72, caution: 36, alert: 20 }
  const unit = (base: string, prefix?: string) => ({ base, ...(prefix && { prefix }) })
  const metric = (name: string, more: object = {}) => ({
    name,
    unit: unit(''),
    scope: 'node',
    timestep: 60,
    aggregation: 'avg',
    ...limits,
    ...more,
  })
  return {
    name: 'fritz',
    metricConfig: [
      metric('cpu_load', { footprint: 'avg' }),
      metric('flops_any', { scope: 'hwthread', aggregation: 'sum', footprint: 'max', unit: unit('F/s', 'G') }),
      metric('mem_bw', { scope: 'socket', aggregation: 'sum', unit: unit('B/s', 'G') }),
      metric('power', { unit: unit('W'), energy: 'power' }),
      metric('secret', { restrict: true, footprint: 'avg' }),
    ],
    subClusters: [
      {
        name: 'main',
        nodes: 'f[0001-1000]',
        processorType: 'Intel Icelake',
        socketsPerNode: 2,
        coresPerSocket: 2,
        threadsPerCore: 1,
        flopRateScalar: { unit: unit('F/s', 'G'), value: 100 },
        flopRateSimd: { unit: unit('F/s', 'G'), value: 1000 },
        memoryBandwidth: { unit: unit('B/s', 'G'), value: 300 },
        topology: {
          node: [0, 1, 2, 3],
          socket: [
            [0, 1],
            [2, 3],
          ],
          memoryDomain: [
            [0, 1],
            [2, 3],
          ],
          core: [[0], [1], [2], [3]],
        },
      },
    ],
  }
}
