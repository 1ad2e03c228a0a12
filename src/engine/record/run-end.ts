/** The end of a reported run: which run is meant, and whether it can end so (spec/cockpit.md 1.4). */

import { DomainError, isDomainError } from '../../base/errors.ts'
import { type JobRecord, RECORD_STATES, type RecordState } from '../../job/record.ts'
import type { RecordStore } from '../../store/record-store.ts'
import type { StopReport } from './records.ts'

/** True once nothing more is to come of a run. */
export function isOver({ state }: Pick<JobRecord, 'state'>): boolean {
  return state !== 'running' && state !== 'suspended' && state !== 'pending'
}

/** The record as it stands after the stop. @throws not_found, conflict, invalid */
export async function endRun(store: RecordStore, report: StopReport): Promise<JobRecord> {
  const record = await store.find(report)
  if (!record)
    throw new DomainError('not_found', `finding job failed: there is no run of job ${report.jobId} that fits`)
  const { state, stoppedAt } = report
  if (isOver(record)) throw alreadyStopped(record)
  if (record.origin === 'engine')
    throw new DomainError('conflict', `${nameOf(record)} : this server runs the job itself; stop it there`)
  if (stoppedAt < record.startedAt)
    throw new DomainError(
      'invalid',
      `${nameOf(record)} : stopTime ${seconds(stoppedAt)} must be larger/equal than startTime ${seconds(record.startedAt)}`,
    )
  if (!RECORD_STATES.includes(state as RecordState))
    throw new DomainError('invalid', `${nameOf(record)} : invalid requested job state: ${JSON.stringify(state)}`)
  const end = { state, durationMs: stoppedAt - record.startedAt }
  try {
    await store.stop(record.id, end)
  } catch (error) {
    if (!isDomainError(error, 'conflict')) throw error
    throw alreadyStopped((await store.get(record.id)) ?? record)
  }
  return { ...record, ...end }
}

function alreadyStopped(record: JobRecord): DomainError {
  return new DomainError('conflict', `${nameOf(record)} : job has already been stopped (state is: ${record.state})`)
}

function nameOf({ jobId, id, cluster }: JobRecord): string {
  return `jobId ${jobId} (id ${id}) on ${cluster}`
}

function seconds(instant: number): number {
  return Math.floor(instant / 1000)
}
