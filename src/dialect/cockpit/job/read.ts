/** Bodies about runs made the engine's commands. */

import { DomainError } from '../../../base/errors.ts'
import type { StopReport } from '../../../engine/record/records.ts'
import type { RecordState, Report, Resource } from '../../../job/record.ts'
import type { ReadBy } from '../body/shape.ts'
import { readTags } from '../tag/tag-body.ts'
import { isRecordState, quote, readMonitoring, readSharing } from '../words.ts'
import type { JobBody, KeyBody, RESOURCE, StopBody } from './job-body.ts'

/** @throws invalid for what can be told without knowing the clusters; the engine judges the rest */
export function readReport(body: JobBody): Report {
  return {
    jobId: body.jobId ?? 0,
    cluster: body.cluster ?? '',
    subCluster: body.subCluster ?? '',
    partition: body.partition ?? '',
    project: body.project ?? '',
    user: body.user ?? '',
    shared: readSharing(body.shared, body.exclusive),
    resources: (body.resources ?? []).map(readResource),
    numNodes: body.numNodes ?? 0,
    numHwthreads: body.numHwthreads ?? 0,
    numAcc: body.numAcc ?? 0,
    smt: body.smt ?? 0,
    arrayJobId: body.arrayJobId ?? 0,
    walltimeMs: readSeconds(body.walltime, 'walltime'),
    startedAt: readSeconds(body.startTime, 'startTime'),
    submittedAt: readSeconds(body.submitTime, 'submitTime'),
    requestedMemoryMb: body.requestedMemory ?? 0,
    metaData: body.metaData ?? null,
    ...readBehaviour(body),
    tags: readTags(body.tags),
    monitoring: readMonitoring(body.monitoringStatus ?? 1),
  }
}

/** Of a sender who has measured the run himself. */
function readBehaviour(body: JobBody): Pick<Report, 'footprint' | 'energyFootprint' | 'energy'> {
  return { footprint: body.footprint ?? null, energyFootprint: body.energyFootprint ?? null, energy: body.energy ?? 0 }
}

function readResource(body: ReadBy<typeof RESOURCE>): Resource {
  const { hostname = '', hwthreads = [], accelerators = [], configuration = '' } = body
  return { hostname, hwthreads, accelerators, configuration }
}

/** @throws invalid */
export function readStop(body: StopBody): StopReport {
  return {
    ...readKey(body),
    state: readEnd(body.jobState ?? ''),
    stoppedAt: readSeconds(body.stopTime, 'stopTime'),
  }
}

/** Which run is meant, by the scheduler's number. @throws invalid without one */
export function readKey({ jobId, cluster, startTime }: KeyBody): Pick<StopReport, 'jobId' | 'cluster' | 'startedAt'> {
  if (jobId === undefined) throw new DomainError('invalid', "the field 'jobId' is required")
  return {
    jobId,
    ...(cluster !== undefined && { cluster }),
    ...(startTime !== undefined && { startedAt: readSeconds(startTime, 'startTime') }),
  }
}

/** `stopped` was a state until 1.4 (spec/cockpit.md 1.15). @throws invalid */
function readEnd(word: string): RecordState {
  if (word === '') return 'completed'
  if (word === 'stopped') return 'cancelled'
  if (isRecordState(word)) return word
  throw new DomainError('invalid', `invalid requested job state: ${quote(word)}`)
}

/** The year 5138; what is beyond was meant to be something else than seconds. */
const LATEST_SECONDS = 1e11

function readSeconds(seconds: number | undefined, field: string): number {
  if (seconds === undefined) return 0
  if (Math.abs(seconds) <= LATEST_SECONDS) return seconds * 1000
  throw new DomainError('invalid', `${field} is ${seconds}; write seconds, not milliseconds`)
}
