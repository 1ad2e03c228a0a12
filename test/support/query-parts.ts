/** What the Accelerator's queries need of a server, over jobs in memory. */

import { DomainError } from '../../src/base/errors.ts'
import { jobValue } from '../../src/dialect/accelerator/query/job/values.ts'
import type { QueryParts } from '../../src/dialect/accelerator/query/sources.ts'
import type { Jobs } from '../../src/engine/jobs.ts'
import { type FieldValue, type JobField, NUMBER_FIELDS, TEXT_FIELDS } from '../../src/job/field.ts'
import { matches } from '../../src/job/filter.ts'
import type { Job } from '../../src/job/job.ts'
import { HandClock } from './clock.ts'
import { aJob, aRequest, NOW } from './jobs.ts'

type Query = Parameters<Jobs['query']>[1]
type ValueRow = Record<JobField, FieldValue>

const run = { host: 'node01', startedAt: NOW - 31_000, held: { SLOTS: 1, RAM: 20 }, suspendedAt: null, suspendedMs: 0 }
const end = { at: NOW - 1000, cause: null, exitCode: 0, signal: null, cpuMs: 1500, maxRamMb: 12 }
const bobs = { user: 'bob', command: 'sleep 6', jobclass: 'sim', priority: 8, legalExit: [0, 3] }
const nightly = { setName: 'nightly', jobname: 'n1', inputs: ['a.v', 'b.v'], mailuser: 'alice' }

/** One job that runs, one that waits, one that is done and one that failed. */
export const QUERY_JOBS: readonly Job[] = [
  aJob({ id: 45_080, state: 'running', run, attempt: 1 }),
  aJob({ id: 45_083, request: aRequest(bobs) }),
  aJob({ id: 45_090, state: 'done', run, end, attempt: 1, request: aRequest(nightly) }),
  aJob({
    id: 45_091,
    state: 'failed',
    run,
    end: { ...end, exitCode: 3, cause: 'exit' },
    request: aRequest({ priority: 5, properties: { kind: 'test' } }),
    reason: 'exited with status 3',
  }),
]

export interface FakeParts extends QueryParts {
  /** What was asked of the engine, in order. */
  asked: string[]
}

const HOST = {
  name: 'node01',
  up: true,
  capacity: { SLOTS: 2, CORES: 2, RAM: 4000, SWAP: 0, PERCENT: 100 },
  attributes: { ARCH: 'x86_64', OS: 'Linux', unix: '' },
  loadAverage: [0.514, 0.25, 0.1] as const,
  freeRamMb: 3000,
  bootedAt: NOW - 90_000,
}

export function queryParts(jobs: readonly Job[], changes: Partial<QueryParts> = {}): FakeParts {
  const asked: string[] = []
  const byId = new Map(jobs.map((job) => [job.id, job]))
  const engineJobs = {
    async get(_caller: unknown, id: number) {
      asked.push('get')
      const job = byId.get(id)
      if (!job) throw new DomainError('not_found', `no job ${id}`)
      return job
    },
    async query(_caller: unknown, query: Query) {
      asked.push('query')
      const rows = answer(jobs, query)
      return { count: rows.length, batches: inBatches(rows, asked) }
    },
    async countByState() {
      return { done: jobs.filter(({ state }) => state === 'done').length }
    },
  }
  const bucket = { key: 'alice\u001fg', user: 'alice', group: 'g', priority: 4, jobclass: '', tool: 'sleep' }
  const engine = {
    jobs: engineJobs as unknown as Jobs,
    hosts: () => [HOST],
    heldOn: () => ({ SLOTS: 1, RAM: 20 }),
    buckets: () => [{ ...bucket, resources: '', queued: 3, waitingFor: 'a slot' }],
  }
  const listUsers = async () => [
    { name: 'alice', level: 'user' },
    { name: 'root', level: 'admin' },
  ]
  const project = { name: 'vnc', version: '0.1.0' }
  return { engine, listUsers, project, clock: new HandClock(NOW), asked, ...changes }
}

function answer(jobs: readonly Job[], { fields, filter, order, limit }: Query): FieldValue[][] {
  const rows = jobs.map(valuesOf).filter((row) => matches(filter, row))
  rows.sort((a, b) => compare(a, b, order))
  return rows.slice(0, limit).map((row) => fields.map((field) => (Number.isNaN(row[field]) ? null : row[field])))
}

/** As a database compares: a number that is missing is in no relation to any other. */
function valuesOf(job: Job): ValueRow {
  const numbers = NUMBER_FIELDS.map((field) => [field, jobValue(job, field, NOW) ?? Number.NaN])
  const texts = TEXT_FIELDS.map((field) => [field, jobValue(job, field, NOW) ?? ''])
  return Object.fromEntries([...numbers, ...texts])
}

function compare(a: ValueRow, b: ValueRow, order: Query['order']): number {
  for (const { field, descending } of order) {
    const [left, right] = [a[field] ?? '', b[field] ?? '']
    if (left !== right) return (left < right ? -1 : 1) * (descending ? -1 : 1)
  }
  return a.id! < b.id! ? -1 : 1
}

async function* inBatches(rows: FieldValue[][], asked: string[]) {
  try {
    for (let at = 0; at < rows.length; at += 400) yield rows.slice(at, at + 400)
  } finally {
    asked.push('closed')
  }
}
