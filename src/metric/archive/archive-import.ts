/** Takes the runs of another archive into ours: their files, and records by which they are found. */

import { isDomainError, messageOf } from '../../base/errors.ts'
import type { TagName } from '../../job/record.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { footprintOf } from '../footprint.ts'
import type { Archive, ArchivedRecord, RunKey } from './archive.ts'

/** Where records are found and put; the record store is one. */
export interface RecordShelf {
  find(key: RunKey): Promise<unknown>
  import(record: Omit<ArchivedRecord, 'tags'>, tags: readonly TagName[]): Promise<number>
}

export interface ImportParts {
  from: Archive
  /** The same as `from` to find the runs again that lie in our own archive. */
  into: Archive
  records: RecordShelf
  /** What cannot be read or copied, and why. */
  report: (path: string, reason: string) => void
  /** After each run. */
  onProgress?: (count: ImportCount) => void
}

export interface ImportCount {
  imported: number
  /** Known before, and left as they are. */
  present: number
  failed: number
}

/** May be repeated: it goes on where it stopped. Files go first, so that a record always has its curves. @throws unavailable */
export async function importArchive(parts: ImportParts): Promise<ImportCount> {
  const count = { imported: 0, present: 0, failed: 0 }
  const failed = (path: string, reason: string) => {
    count.failed += 1
    parts.report(path, reason)
  }
  const clusters = await parts.into.clusters()
  for await (const run of parts.from.runs(failed)) {
    try {
      count[await importRun(parts, { ...run, footprint: run.footprint ?? footprintFor(run, clusters) })] += 1
    } catch (error) {
      if (isDomainError(error, 'unavailable')) throw error
      failed(`${run.cluster}/${run.jobId}`, messageOf(error))
    }
    parts.onProgress?.(count)
  }
  return count
}

/** Descriptions of clusters that ours has none of; answers their names. */
export async function importClusters(from: Archive, into: Archive): Promise<string[]> {
  const known = new Set((await into.clusters()).map(({ name }) => name))
  const missing = (await from.clusters()).filter(({ name }) => !known.has(name))
  for (const { name, source } of missing) await into.storeCluster(name, source)
  return missing.map(({ name }) => name)
}

/** Archives of earlier versions have none; lists are filtered and sorted by it. */
function footprintFor({ cluster, subCluster, statistics }: ArchivedRecord, clusters: readonly Cluster[]) {
  const described = clusters.find(({ name }) => name === cluster)?.subClusters.find(({ name }) => name === subCluster)
  return described && statistics ? footprintOf(described.metrics, statistics) : null
}

async function importRun({ from, into, records }: ImportParts, run: ArchivedRecord): Promise<'imported' | 'present'> {
  const { tags, ...record } = run
  const { jobId, cluster, startedAt } = run
  if (await records.find({ jobId, cluster, startedAt })) return 'present'
  if (from !== into) await from.copy(run, into)
  // What has come into an archive is over, whatever the reference had not yet written into meta.json.
  const isOver = run.state !== 'running' && run.state !== 'suspended' && run.state !== 'pending'
  await records.import({ ...record, state: isOver ? run.state : 'completed', monitoring: 'archived' }, tags)
  return 'imported'
}
