/** Takes the runs of another archive into ours: their files, and records by which they are found. */

import { isDomainError, messageOf } from '../../../base/errors.ts'
import type { Archive, ArchivedRecord } from '../../../metric/archive/archive.ts'
import type { RecordStore } from '../../../store/record-store.ts'
import { isOver } from '../run-end.ts'

export interface ImportParts {
  from: Archive
  into: Archive
  records: RecordStore
  /** What cannot be read or copied, and why. */
  report: (path: string, reason: string) => void
}

export interface ImportCount {
  imported: number
  /** Known before, and left as they are. */
  present: number
  failed: number
}

/** May be repeated: it goes on where it stopped. Files go first, so that a record always has its curves. @throws unavailable */
export async function importArchive({ from, into, records, report }: ImportParts): Promise<ImportCount> {
  const count = { imported: 0, present: 0, failed: 0 }
  const failed = (path: string, reason: string) => {
    count.failed += 1
    report(path, reason)
  }
  for await (const run of from.runs(failed)) {
    try {
      count[await importRun({ from, into, records }, run)] += 1
    } catch (error) {
      if (isDomainError(error, 'unavailable')) throw error
      failed(`${run.cluster}/${run.jobId}`, messageOf(error))
    }
  }
  return count
}

async function importRun(
  { from, into, records }: Omit<ImportParts, 'report'>,
  run: ArchivedRecord,
): Promise<'imported' | 'present'> {
  const { jobId, cluster, startedAt } = run
  if (await records.find({ jobId, cluster, startedAt })) return 'present'
  if (from !== into) await from.copy(run, into)
  const { tags, ...record } = run
  // The reference writes meta.json before it has archived, and may have said that the run still goes on.
  const state = isOver(record) ? record.state : 'completed'
  await records.import({ ...record, state, monitoring: 'archived' }, tags)
  return 'imported'
}
