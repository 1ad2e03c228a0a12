/** Records of runs for tests: plausible ones, with what the test is about said at the call. */

import type { JobRecord, Report, Resource } from '../../src/job/record.ts'
import type { NodeReport } from '../../src/store/node-store.ts'
import type { NewRecord } from '../../src/store/record-store.ts'
import { NOW } from './jobs.ts'

export function aResource(changes: Partial<Resource> = {}): Resource {
  return { hostname: 'f0726', hwthreads: [], accelerators: [], configuration: '', ...changes }
}

export function aReport(changes: Partial<Report> = {}): Report {
  const resources = changes.resources ?? [aResource()]
  return {
    jobId: 123_000,
    cluster: 'fritz',
    subCluster: 'main',
    partition: 'main',
    project: 'k106eb',
    user: 'k106eb10',
    shared: 'none',
    resources,
    numNodes: resources.length,
    numHwthreads: 72,
    numAcc: 0,
    smt: 1,
    arrayJobId: 0,
    walltimeMs: 86_400_000,
    startedAt: NOW,
    submittedAt: 0,
    requestedMemoryMb: 0,
    metaData: null,
    footprint: null,
    energyFootprint: null,
    energy: 0,
    tags: [],
    monitoring: 'pending',
    ...changes,
  }
}

/** Of a reported run that has just begun. */
export function aNewRecord(changes: Partial<NewRecord> = {}): NewRecord {
  const { resources } = changes
  const { tags: _, ...report } = aReport(resources && { resources })
  return {
    ...report,
    statistics: null,
    origin: 'reported',
    attempt: 0,
    state: 'running',
    durationMs: 0,
    ...changes,
  }
}

export function aRecord(changes: Partial<JobRecord> = {}): JobRecord {
  const { id = 1, tags = [], ...rest } = changes
  return { ...aNewRecord(rest), id, tags }
}

/** Of a run that ended an hour after its start, with its curves kept. */
export function anEndedRecord(changes: Partial<NewRecord> = {}): NewRecord {
  return aNewRecord({ state: 'completed', durationMs: 3_600_000, monitoring: 'archived', ...changes })
}

export function aNodeReport(changes: Partial<NodeReport> = {}): NodeReport {
  return {
    cluster: 'fritz',
    subCluster: 'main',
    hostname: 'f0726',
    at: NOW,
    state: 'allocated',
    health: 'full',
    unhealthy: { missing: [], stale: [] },
    cpusAllocated: 72,
    memoryAllocatedMb: 128_000,
    gpusAllocated: 0,
    jobsRunning: 1,
    ...changes,
  }
}
