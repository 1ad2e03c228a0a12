/** Lists of records straight from the store, among a million of them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ALL, type Filter, type Value } from '../src/job/filter.ts'
import type { RecordState } from '../src/job/record.ts'
import type { RecordField } from '../src/job/record-field.ts'
import type { NewRecord, RecordQuery } from '../src/store/record-store.ts'
import { openSqliteStore } from '../src/store/sqlite/open.ts'
import type { Store } from '../src/store/store.ts'
import { aNewRecord, aResource } from '../test/support/records.ts'
import { quantile, report } from './report.ts'

const RECORDS = Number(process.env.YARDMASTER_BENCH_RECORDS ?? 1_000_000)
/** A database to look into afterwards. */
const KEPT = process.env.YARDMASTER_BENCH_RECORDS_DIR
const GROUP = 5000
const ROUNDS = 15
const PAGE = 25
const FLOOR_MS = 20
const START = Date.UTC(2025, 0, 1)
const APART_MS = 20_000
const NOW = START + RECORDS * APART_MS

const is = (field: RecordField, ...values: Value[]): Filter<RecordField> => ({
  kind: 'compare',
  field,
  operator: 'equal',
  values,
})
const from = (share: number): Filter<RecordField> => ({
  kind: 'compare',
  field: 'startedAt',
  operator: 'greaterOrEqual',
  values: [START + share * RECORDS * APART_MS],
})
const until = (share: number): Filter<RecordField> => ({
  kind: 'compare',
  field: 'startedAt',
  operator: 'lessOrEqual',
  values: [START + share * RECORDS * APART_MS],
})
const both = (...of: Filter<RecordField>[]): Filter<RecordField> => ({ kind: 'and', of })
const either = (...of: Filter<RecordField>[]): Filter<RecordField> => ({ kind: 'or', of })

/** What one asks for, and how many rows are skipped. */
const PAGES: Readonly<Record<string, [Filter<RecordField>, number?]>> = {
  all: [ALL],
  'completed, nine in ten': [is('state', 'completed')],
  'out of memory, one in 100,000': [is('state', 'out_of_memory')],
  running: [is('state', 'running')],
  'whatever is over': [is('state', 'completed', 'failed', 'timeout', 'out_of_memory')],
  'failed, timeout or out of memory': [is('state', 'failed', 'timeout', 'out_of_memory')],
  'a cluster': [is('cluster', 'c1')],
  'a small cluster': [is('cluster', 'tiny')],
  'a cluster and a state': [both(is('cluster', 'c1'), is('state', 'failed'))],
  'a small cluster, completed': [both(is('cluster', 'tiny'), is('state', 'completed'))],
  'a cluster, several states': [both(is('cluster', 'tiny'), is('state', 'completed', 'failed'))],
  'a project': [is('project', 'p7')],
  'a project and a common state': [both(is('project', 'p7'), is('state', 'completed'))],
  'a user': [is('user', 'user7')],
  "a user's failed": [both(is('user', 'user7'), is('state', 'failed'))],
  'a manager: own and two projects': [either(is('user', 'user7'), is('project', 'p7', 'p8'))],
  "a manager's running": [both(is('state', 'running'), either(is('user', 'user7'), is('project', 'p7', 'p8')))],
  "a project's running": [both(is('state', 'running'), is('project', 'p7'))],
  'a partition': [is('partition', 'part3')],
  'a job id': [is('jobId', 4711)],
  'an old month': [both(from(0.3), until(0.4))],
  "an old month's failed": [both(from(0.3), until(0.4), is('state', 'failed'))],
  "an old month's, a small cluster": [both(from(0.3), until(0.4), is('cluster', 'tiny'))],
  'a tag of one in 1,000': [is('tag', 'app:rare')],
  'a tag of every tenth': [is('tag', 'app:common')],
  'page 100': [ALL, 100 * PAGE],
  'page 1,000': [ALL, 1000 * PAGE],
  'page 20,000 (half way)': [ALL, 20_000 * PAGE],
  'page 1,000 of the completed': [is('state', 'completed'), 1000 * PAGE],
}

const COUNTS: Readonly<Record<string, Filter<RecordField>>> = {
  all: ALL,
  completed: is('state', 'completed'),
  'a cluster': is('cluster', 'c1'),
  'a project': is('project', 'p7'),
  'a user': is('user', 'user7'),
}

export async function benchRecords(): Promise<void> {
  const dataDir = KEPT ?? mkdtempSync(join(tmpdir(), 'yard-'))
  const store = await openSqliteStore({ dataDir })
  if ((await store.records.count(ALL, NOW)) === 0) await fill(store)
  for (const [name, [filter, offset = 0]] of Object.entries(PAGES)) {
    const query: RecordQuery = {
      filter,
      offset,
      order: [{ field: 'startedAt', descending: true }],
      limit: PAGE,
      now: NOW,
    }
    tell(`page of ${name}`, await medianMs(() => store.records.list(query)), offset <= 100 * PAGE)
  }
  for (const [name, filter] of Object.entries(COUNTS)) {
    tell(`count of ${name}`, await medianMs(() => store.records.count(filter, NOW)), false)
  }
  tell('the unsettled', await medianMs(() => store.records.unsettled(100)), true)
  tell('the last run', await medianMs(() => store.records.lastRun()), true)
  tell('the used hosts', await medianMs(() => store.records.usedHosts(NOW)), true)
  await store.close()
  if (!KEPT) rmSync(dataDir, { recursive: true })
}

async function fill({ records }: Store): Promise<void> {
  for (let first = 1; first <= RECORDS; first += GROUP) {
    await records.putRuns(Array.from({ length: GROUP }, (_, offset) => recorded(first + offset)))
  }
  for (let id = 10; id <= RECORDS; id += 10) {
    const names = id % 1000 === 0 ? ['common', 'rare'] : ['common']
    const tagged = records.tag(
      id,
      names.map((name) => ({ type: 'app', name, scope: 'global' })),
    )
    if (id % GROUP === 0) await tagged
  }
}

function recorded(id: number): NewRecord {
  const state = stateOf(id)
  return aNewRecord({
    jobId: id,
    cluster: id % 9999 === 0 ? 'tiny' : `c${id % 7}`,
    user: `user${(id * 7919) % 1000}`,
    project: `p${(id * 31) % 100}`,
    partition: `part${id % 10}`,
    startedAt: START + id * APART_MS,
    resources: [aResource({ hostname: `f${String(id % 1000).padStart(4, '0')}` })],
    metaData: { jobName: `job${id % 50}`, jobScript: '#!/bin/sh\n'.padEnd(300, 'srun program\n') },
    footprint: { cpu_load_avg: id % 72, mem_used_max: id % 256 },
    state,
    durationMs: state === 'running' ? 0 : 3_600_000,
    monitoring: state === 'running' ? 'pending' : 'archived',
  })
}

function stateOf(id: number): RecordState {
  if (id > RECORDS - 1000) return 'running'
  if (id % 100_000 === 0) return 'out_of_memory'
  return id % 20 === 0 ? 'failed' : id % 33 === 0 ? 'timeout' : 'completed'
}

async function medianMs(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    await ask()
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}

function tell(what: string, ms: number, bound: boolean): void {
  report({
    question: `${RECORDS.toLocaleString('en')} records, ${what}`,
    ours: `${ms.toFixed(1)} ms`,
    reference: '-',
    floor: bound ? `${FLOOR_MS} ms` : 'none',
    kept: !bound || ms <= FLOOR_MS,
  })
}
