/** What becomes of old runs: they stay, or are copied, moved or deleted, file by file and record by record (spec/cockpit.md 6.2). */

import type { Clock, Instant } from '../../../base/clock.ts'
import { isDomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { and } from '../../../job/filter.ts'
import type { JobRecord } from '../../../job/record.ts'
import type { Archive } from '../../../metric/archive/archive.ts'
import type { RecordStore } from '../../../store/record-store.ts'
import { isOver } from '../run-end.ts'

export interface RetentionPlan {
  policy: 'none' | 'delete' | 'move' | 'copy'
  /** Since the start of a run. */
  ageMs: number
  keepTagged: 'none' | 'all' | 'user'
  /** Whether the record goes as well. */
  records: boolean
}

export interface RetentionParts {
  records: RecordStore
  archive: () => Archive
  /** Where runs are copied or moved. */
  target: () => Archive | undefined
  clock: Clock
  log: Logger
}

const BATCH = 200

/** Answers how many runs it dealt with. @throws unavailable; goes on where it stopped when it is called again */
export async function retire(parts: RetentionParts, plan: RetentionPlan): Promise<number> {
  if (plan.policy === 'none' || plan.ageMs <= 0) return 0
  const before = parts.clock.now() - plan.ageMs
  let [retired, last] = [0, 0]
  for (;;) {
    const batch = await oldRuns(parts, before, last)
    for (const record of batch) if (isRetired(record, plan) && (await retireRun(parts, record, plan))) retired += 1
    last = batch.at(-1)?.id ?? last
    if (batch.length < BATCH) return retired
  }
}

function oldRuns({ records, clock }: RetentionParts, before: Instant, after: number): Promise<JobRecord[]> {
  return records.list({
    filter: and(
      { kind: 'compare', field: 'startedAt', operator: 'less', values: [before] },
      { kind: 'compare', field: 'id', operator: 'greater', values: [after] },
    ),
    order: [{ field: 'id', descending: false }],
    limit: BATCH,
    now: clock.now(),
  })
}

/** `user` spares what a person tagged; tags of types that only taggers make do not count. */
function isRetired(record: JobRecord, { keepTagged }: RetentionPlan): boolean {
  if (!isOver(record) || record.monitoring === 'pending') return false
  if (keepTagged === 'none') return true
  return !record.tags.some(({ type }) => keepTagged === 'all' || (type !== 'app' && type !== 'jobClass'))
}

/** Whether anything was left to do. */
async function retireRun(parts: RetentionParts, record: JobRecord, plan: RetentionPlan): Promise<boolean> {
  const isKept = record.monitoring === 'archived'
  try {
    if (plan.policy !== 'delete' && isKept && !(await copyOnce(parts, record)) && plan.policy === 'copy') return false
    if (plan.policy === 'copy') return isKept
    if (isKept) await parts.archive().remove(record)
    if (plan.records) return parts.records.remove(record.id)
    if (isKept) await parts.records.settle(record.id, { ...record, monitoring: 'disabled' })
    return isKept
  } catch (error) {
    if (isDomainError(error, 'unavailable')) throw error
    parts.log.warn({ recordId: record.id, reason: messageOf(error) }, 'an old run could not be put away')
    return false
  }
}

/** False when it was copied before. @throws not_found for a run that the archive has lost */
async function copyOnce({ archive, target }: RetentionParts, record: JobRecord): Promise<boolean> {
  const into = target()
  if (!into) throw new Error('there is no target for old runs')
  try {
    await into.record(record)
    return false
  } catch (error) {
    if (!isDomainError(error, 'not_found')) throw error
    await archive().copy(record, into)
    return true
  }
}
