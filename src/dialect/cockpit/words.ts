/** ClusterCockpit's words and numbers for ours, each in one table that is read both ways. */

import { DomainError } from '../../base/errors.ts'
import {
  MONITORINGS,
  type Monitoring,
  RECORD_STATES,
  type RecordState,
  SHARINGS,
  type Sharing,
} from '../../job/record.ts'
import { SCOPES, type Scope } from '../../metric/metric.ts'

/** The number that clients of 1.4 and before send (spec/cockpit.md 1.15); cc-slurm-sync has 3 for Slurm's "mcs". */
const EXCLUSIVE: readonly Sharing[] = ['multi_user', 'none', 'single_user', 'single_user']

/** Of `shared` or, where that is not sent, `exclusive`. @throws invalid */
export function readSharing(shared: string | undefined, exclusive: number | undefined): Sharing {
  if (shared !== undefined) {
    if (SHARINGS.includes(shared as Sharing)) return shared as Sharing
    throw new DomainError('invalid', `shared must be one of ${SHARINGS.join(', ')}; it is ${quote(shared)}`)
  }
  const sharing = EXCLUSIVE[exclusive ?? 1]
  if (sharing) return sharing
  throw new DomainError(
    'invalid',
    `exclusive must be 0 (multi_user), 1 (none), 2 or 3 (single_user); it is ${exclusive}`,
  )
}

/** 0 disabled, 1 running or archiving, 2 failed, 3 archived. @throws invalid */
export function readMonitoring(status: number): Monitoring {
  const monitoring = MONITORINGS[status]
  if (monitoring) return monitoring
  throw new DomainError(
    'invalid',
    `monitoringStatus must be 0 (disabled), 1 (running or archiving), 2 (archiving failed) or 3 (archived); it is ${status}`,
  )
}

export function showMonitoring(monitoring: Monitoring): number {
  return MONITORINGS.indexOf(monitoring)
}

export function isRecordState(word: string): word is RecordState {
  return RECORD_STATES.includes(word as RecordState)
}

/** A scope in the spelling of 1.5. @throws invalid in the words of cc-lib */
export function readScope(word: string): Scope {
  if (SCOPES.includes(word as Scope)) return word as Scope
  throw new DomainError(
    'invalid',
    `unmarshaling scope failed: SCHEMA/METRICS > ${word.slice(0, 100)} is not a valid MetricScope; write ${SCOPES.join(', ')}`,
  )
}

export function quote(text: string): string {
  return JSON.stringify(text.slice(0, 200))
}
