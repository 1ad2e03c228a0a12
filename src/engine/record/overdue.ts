/** Ends reported runs whose end nobody has reported although their time was over long ago (spec/cockpit.md 6.2). */

import type { Clock } from '../../base/clock.ts'
import { isDomainError } from '../../base/errors.ts'
import { and } from '../../job/filter.ts'
import type { JobRecord } from '../../job/record.ts'
import type { RecordStore } from '../../store/record-store.ts'
import { equals } from './visibility.ts'

export interface OverdueParts {
  records: RecordStore
  /** A run may take so much longer than its limit; 0 for ever. */
  exceedingMs: number
  onEnded: (record: JobRecord) => void
  clock: Clock
}

/** Answers how many were ended. */
export async function endOverdue({ records, exceedingMs, onEnded, clock }: OverdueParts): Promise<number> {
  if (exceedingMs <= 0) return 0
  const now = clock.now()
  const limited = { kind: 'compare', field: 'walltimeMs', operator: 'greater', values: [0] } as const
  const filter = and(equals('state', ['running']), equals('origin', ['reported']), limited)
  let ended = 0
  for await (const batch of records.scan({ filter, order: [], now })) {
    const overdue = batch.filter(({ startedAt, walltimeMs }) => startedAt + walltimeMs + exceedingMs < now)
    for (const record of overdue) {
      if (!(await end(records, record))) continue
      onEnded({ ...record, state: 'failed', durationMs: record.walltimeMs })
      ended += 1
    }
  }
  return ended
}

/** Counted as long as it was allowed to be: its scheduler has not let it run on. */
async function end(records: RecordStore, { id, walltimeMs }: JobRecord): Promise<boolean> {
  try {
    await records.stop(id, { state: 'failed', durationMs: walltimeMs })
  } catch (error) {
    if (isDomainError(error, 'conflict') || isDomainError(error, 'not_found')) return false
    throw error
  }
  await records.setMetaData(id, 'issue', 'nobody reported its end; it was ended by its time limit')
  return true
}
