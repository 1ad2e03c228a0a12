/** Where runs that are over are kept for good, in ClusterCockpit's layout and schema, as a contract over an object storage. */

import type { Instant } from '../../base/clock.ts'
import type { JobRecord, TagName } from '../../job/record.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { JobMetric, Scope } from '../metric.ts'

/** What names a run in the archive: `CLUSTER/JOBID div 1000/JOBID mod 1000/START`. */
export interface RunKey {
  cluster: string
  jobId: number
  startedAt: Instant
}

/** A record as `meta.json` has it: no ids, and tags by name. */
export type ArchivedRecord = Omit<JobRecord, 'id' | 'tags'> & { tags: readonly TagName[] }

export interface Archive {
  /** meta.json and data.json.gz, data first, so that a run with meta.json is whole. @throws unavailable */
  store(record: JobRecord, curves: readonly JobMetric[]): Promise<void>
  /** Writes meta.json anew, for changed tags and meta data; nothing where the run is not archived. @throws unavailable */
  update(record: JobRecord): Promise<void>
  /** @throws not_found naming the file, unavailable */
  record(key: RunKey): Promise<ArchivedRecord>
  /** Only the metrics and scopes asked for, all where absent. @throws not_found naming the file, unavailable */
  curves(key: RunKey, wanted?: { metrics?: readonly string[]; scopes?: readonly Scope[] }): Promise<JobMetric[]>
  remove(key: RunKey): Promise<void>
  /** Copies a run as it is into another archive. @throws not_found, unavailable */
  copy(key: RunKey, into: Archive): Promise<void>
  /** Every run there is, for import; what cannot be read is told to `report` and passed over. */
  runs(report: (path: string, reason: string) => void): AsyncIterable<ArchivedRecord>
  /** The clusters of `CLUSTER/cluster.json`. @throws invalid naming file and JSON path for one that does not fit the schema */
  clusters(): Promise<Cluster[]>
  storeCluster(name: string, source: unknown): Promise<void>
  close(): Promise<void>
}
