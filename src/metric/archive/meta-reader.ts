/** `meta.json` made a record, also one that an older version of the reference wrote. */

import Value from 'typebox/value'
import type { Instant } from '../../base/clock.ts'
import { complaintOf } from '../../base/complaint.ts'
import { DomainError, messageOf } from '../../base/errors.ts'
import {
  type JobRecord,
  type MetricStatistics,
  type Monitoring,
  RECORD_STATES,
  type RecordState,
  type Resource,
  SHARINGS,
  type Sharing,
} from '../../job/record.ts'
import type { ArchivedRecord } from './archive.ts'
import { META, type Meta } from './meta-schema.ts'
import { takeOwnRun } from './own-run.ts'

/** @throws invalid, with `file` and the place in it */
export function parseRecord(text: string, file: string): ArchivedRecord {
  const meta = parseJson(text, file)
  if (!Value.Check(META, meta)) throw refusal(file, complaintOf(META, meta))
  const startedAt = timeOf(meta.startTime)
  if (startedAt === undefined) throw refusal(file, `startTime is ${JSON.stringify(meta.startTime)}; write unix seconds`)
  return { ...identityOf(meta), ...timesOf(meta, startedAt), ...shareOf(meta), ...originOf(meta), ...behaviourOf(meta) }
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw refusal(file, `it is not JSON: ${messageOf(error)}`)
  }
}

type Part<Key extends keyof ArchivedRecord> = Pick<ArchivedRecord, Key>

function identityOf(
  meta: Meta,
): Part<'jobId' | 'cluster' | 'subCluster' | 'partition' | 'project' | 'user' | 'tags' | 'arrayJobId'> {
  const { jobId, cluster, user } = meta
  return {
    ...{ jobId, cluster, user },
    subCluster: meta.subCluster ?? '',
    partition: meta.partition ?? '',
    project: meta.project ?? '',
    arrayJobId: meta.arrayJobId ?? 0,
    tags: (meta.tags ?? []).map(({ type, name, scope }) => ({ type, name, scope: scope || 'global' })),
  }
}

function timesOf(
  meta: Meta,
  startedAt: Instant,
): Part<'startedAt' | 'submittedAt' | 'durationMs' | 'walltimeMs' | 'state'> {
  const stoppedAt = timeOf(meta.stopTime ?? '')
  const measuredMs = stoppedAt === undefined ? 0 : Math.max(0, stoppedAt - startedAt)
  return {
    startedAt,
    submittedAt: timeOf(meta.submitTime ?? '') ?? 0,
    durationMs: meta.duration ? meta.duration * 1000 : measuredMs,
    walltimeMs: (meta.walltime ?? 0) * 1000,
    state: stateOf(meta.jobState ?? ''),
  }
}

/** Unix seconds or RFC 3339. */
function timeOf(time: number | string): Instant | undefined {
  const instant = typeof time === 'number' ? time * 1000 : Date.parse(time)
  return Number.isNaN(instant) ? undefined : instant
}

const OLD_STATES: Readonly<Record<string, RecordState>> = {
  stopped: 'cancelled',
  canceled: 'cancelled',
  '': 'completed',
}

/** A word that is none, of a run that is over, says at least that it did not end well. */
function stateOf(word: string): RecordState {
  const state = word.toLowerCase().replaceAll('-', '_')
  return RECORD_STATES.find((known) => known === state) ?? OLD_STATES[state] ?? 'failed'
}

function shareOf(
  meta: Meta,
): Part<'shared' | 'resources' | 'numNodes' | 'numHwthreads' | 'numAcc' | 'smt' | 'requestedMemoryMb'> {
  return {
    shared: sharingOf(meta),
    resources: meta.resources.map(readResource),
    numNodes: meta.numNodes || meta.resources.length,
    numHwthreads: meta.numHwthreads ?? 0,
    numAcc: meta.numAcc ?? 0,
    smt: meta.smt ?? 0,
    requestedMemoryMb: meta.requestedMemory ?? 0,
  }
}

/** By number in versions before 1.5; 3 is cc-slurm-sync's for "mcs" (spec/cockpit.md 10). */
const EXCLUSIVE: readonly Sharing[] = ['multi_user', 'none', 'single_user', 'single_user']

function sharingOf({ shared, exclusive }: Meta): Sharing {
  return SHARINGS.find((known) => known === shared) ?? EXCLUSIVE[exclusive ?? 1] ?? 'none'
}

function readResource({ hostname, hwthreads, accelerators, configuration }: Meta['resources'][number]): Resource {
  return {
    hostname,
    hwthreads: hwthreads ?? [],
    accelerators: (accelerators ?? []).map(String),
    configuration: configuration ?? '',
  }
}

/** What lies in an archive was archived, though the reference writes the status of the moment before. */
const MONITORINGS: Readonly<Record<number, Monitoring>> = { 0: 'disabled', 2: 'failed' }

function originOf(meta: Meta): Part<'origin' | 'attempt' | 'metaData' | 'monitoring'> & Partial<ArchivedRecord> {
  const [others, own] = takeOwnRun(meta.metaData ?? {})
  const texts = Object.entries(others).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ])
  return {
    metaData: texts.length > 0 ? Object.fromEntries(texts) : null,
    monitoring: MONITORINGS[meta.monitoringStatus ?? 3] ?? 'archived',
    ...(own ? { origin: 'engine', ...own } : { origin: 'reported', attempt: 0 }),
  }
}

function behaviourOf(meta: Meta): Part<'statistics' | 'footprint' | 'energyFootprint' | 'energy'> {
  const statistics = Object.entries(meta.statistics ?? {}).map(([metric, one]) => [metric, readStatistics(one)])
  return {
    statistics: meta.statistics ? (Object.fromEntries(statistics) as JobRecord['statistics']) : null,
    footprint: meta.footprint ?? null,
    energyFootprint: meta.energyFootprint ?? null,
    energy: meta.energy ?? 0,
  }
}

function readStatistics({ unit, avg, min, max }: NonNullable<Meta['statistics']>[string]): MetricStatistics {
  const { base, prefix } = typeof unit === 'object' ? unit : { base: unit ?? '', prefix: '' }
  return { unit: { base, prefix: prefix ?? '' }, avg, min, max }
}

function refusal(file: string, reason: string): DomainError {
  return new DomainError('invalid', `${file}: ${reason}`)
}
