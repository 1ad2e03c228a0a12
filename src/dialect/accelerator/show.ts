/** Jobs as the dialect's answers to POST, PUT, PATCH, DELETE and as events. */

import { padId } from '../../base/id.ts'
import type { Job, JobId } from '../../job/job.ts'
import { showStatus } from './words.ts'

/** `jobid` as a number, unpadded (Accelerator tutorial 2024.1, nc_run.py prints "New job is 45080"). */
export function showSubmitted(job: Job, ignored: readonly string[]) {
  return ignored.length === 0 ? { jobid: job.id } : { jobid: job.id, ignored }
}

/** Where a job stands once an order was given. */
export function showStanding(job: Job) {
  const { id, state } = job
  return { jobid: id, id: padId(id), status: showStatus(state, 'status'), statusnc: showStatus(state, 'statusnc') }
}

export function showForgotten(id: JobId) {
  return { jobid: id, id: padId(id), forgotten: true }
}

/** One change of a job, for those who wait for it. */
export interface JobEventBody {
  id: string
  idint: number
  status: string
  statusnc: string
  host: string
  /** null while there is none, and for a job that was ended by a signal. */
  exit: number | null
  signal: string
  cause: string
  why: string
}

export function showEvent(job: Job): JobEventBody {
  const { id, state, run, end, reason } = job
  return {
    id: padId(id),
    idint: id,
    status: showStatus(state, 'status'),
    statusnc: showStatus(state, 'statusnc'),
    host: run?.host ?? '',
    exit: end?.exitCode ?? null,
    signal: end?.signal ?? '',
    cause: end?.cause ?? '',
    why: reason,
  }
}

/** The last event of a job: nobody will hear of it again. */
export function showFarewell(id: JobId): JobEventBody {
  const nothing = { host: '', exit: null, signal: '', cause: '', why: 'forgotten' }
  return { id: padId(id), idint: id, status: 'DELETED', statusnc: 'Forgotten', ...nothing }
}
