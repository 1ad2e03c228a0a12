/** The list of the Hub's jobs with its counts, among 100,000 of them. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../src/store/sqlite/open.ts'
import type { Store } from '../src/store/store.ts'
import type { RunFilter } from '../src/store/workflow-store.ts'
import { A_WORKFLOW, aRunOf } from '../test/support/runs.ts'
import { quantile, report } from './report.ts'

const RUNS = Number(process.env.YARDMASTER_BENCH_RUNS ?? 100_000)
const GROUP = 5000
const ROUNDS = 15
const FLOOR_MS = 50
const DAY_MS = 86_400_000
const NOW = Date.now()
const NAMES = ['migrate', 'premigrate', 'recall', 'send', 'site_sync']
const STATES = ['success', 'failure', 'error', 'skipped', 'cancelled'] as const

const LISTS: Readonly<Record<string, RunFilter>> = {
  'all jobs': {},
  'those of one site': { sites: ['site3'] },
  'those of one user that failed': { owners: ['user7'], states: ['failure'] },
  'those of a week that did something': { createdFrom: NOW - 7 * DAY_MS, hideNoop: true },
}

export async function benchWorkflows(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yard-'))
  const store = await openSqliteStore({ dataDir })
  await fill(store)
  for (const [name, filter] of Object.entries(LISTS)) {
    const ms = await listMs(store, filter)
    report({
      question: `${RUNS.toLocaleString('en')} runs of workflows, first page and counts of ${name}`,
      ours: `${ms.toFixed(1)} ms`,
      reference: '-',
      floor: `${FLOOR_MS} ms`,
      kept: ms <= FLOOR_MS,
    })
  }
  await store.close()
  rmSync(dataDir, { recursive: true, force: true })
}

async function fill({ workflows }: Store): Promise<void> {
  for (let first = 0; first < RUNS; first += GROUP) {
    const runs = Array.from({ length: GROUP }, (_, offset) => aRun(first + offset))
    await Promise.all(runs.map((run) => workflows.insertRun(run, A_WORKFLOW, [])))
  }
}

function aRun(n: number): ReturnType<typeof aRunOf> {
  const createdAt = NOW - (n % 90) * DAY_MS
  const { totals } = aRunOf()
  const outcomes = { ...totals.outcomes, processed: n % 3 }
  return aRunOf({
    ...{ workflow: NAMES[n % NAMES.length]!, site: `site${n % 7}`, owner: `user${n % 50}`, createdAt },
    ...{ state: STATES[n % 11] ?? 'success', completedAt: createdAt + 1000, totals: { ...totals, outcomes } },
  })
}

async function listMs({ workflows }: Store, filter: RunFilter): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    const order = { field: 'created', descending: true } as const
    await Promise.all([workflows.stats(filter), workflows.runs({ filter, order, offset: 0, limit: 20 })])
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}
