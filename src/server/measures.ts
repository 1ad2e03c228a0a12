/** What the server counts of itself, from the parts that know. */

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Engine } from '../engine/engine.ts'
import { createServerMetrics, type ServerMetrics } from '../http/prometheus.ts'
import { ALL } from '../job/filter.ts'
import type { Store } from '../store/store.ts'
import type { RecordRoom } from './record-room.ts'

export interface MeasureParts {
  version: string
  store: Store
  engine: Engine
  records: RecordRoom
  clock: Clock
  log: Logger
}

export function createMeasures({ version, store, engine, records, clock, log }: MeasureParts): ServerMetrics {
  const { keeping, metrics } = records
  return createServerMetrics({
    version,
    clock,
    log,
    sources: {
      jobsByState: () => store.jobs.countByState(),
      queuedJobs: () => engine.buckets().reduce((sum, { queued }) => sum + queued, 0),
      runningJobs: async () => (await store.jobs.active()).length,
      records: () => store.records.count(ALL, clock.now()),
      metricStore: () => metrics.usage(),
      archiveBacklog: () => keeping.backlog(),
    },
  })
}
