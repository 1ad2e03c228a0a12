/** The first page of the lists that people ask for, among a million finished jobs. */

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Job } from '../src/job/job.ts'
import { openSqliteStore } from '../src/store/sqlite/open.ts'
import { anEnd, aRequest, doneJob } from '../test/support/jobs.ts'
import { ask, startYard, type Yard } from '../test/support/yard.ts'
import { quantile, report } from './report.ts'

const JOBS = Number(process.env.YARDMASTER_BENCH_FINISHED ?? 1_000_000)
const USERS = 50
const FAILED_EVERY = 10_000
const GROUP = 5000
const ROUNDS = 15
const FLOOR_MS = 20
const NOW = Date.now()

const LISTS: Readonly<Record<string, string>> = {
  'all jobs': 'from=jobs',
  'the newest first': 'from=jobs&order=id%20DESC',
  'those of one user': 'from=System:User:user7',
  'those of one user, the newest first': 'from=System:User:user7&order=id%20DESC',
  'the failed, one in 10,000': 'from=jobs&where=statusnc%3D%3DFailed',
  "one user's done jobs": 'from=System:User:user7&where=statusnc%3D%3DDone',
  'a class': 'from=Class:short',
}

export async function benchLists(): Promise<void> {
  const yard = await startYard({
    dataDir: await finishedJobs(),
    sets: ['jobs.autoforget_valid=0', 'jobs.autoforget_failed=0'],
  })
  const times: [string, number][] = []
  for (const [name, list] of Object.entries(LISTS)) times.push([name, await firstPageMs(yard, list)])
  await yard.remove()
  for (const [name, ms] of times) {
    report({
      question: `${JOBS.toLocaleString('en')} finished, first page of ${name}`,
      ours: `${ms.toFixed(1)} ms`,
      reference: '-',
      floor: `${FLOOR_MS} ms`,
      kept: ms <= FLOOR_MS,
    })
  }
}

async function finishedJobs(): Promise<string> {
  const dataDir = mkdtempSync(join(tmpdir(), 'yard-'))
  const store = await openSqliteStore({ dataDir })
  await store.jobs.reserveIds(JOBS)
  for (let first = 1001; first < 1001 + JOBS; first += GROUP) {
    await Promise.all(Array.from({ length: GROUP }, (_, offset) => store.jobs.insert(finished(first + offset))))
  }
  await store.close()
  return dataDir
}

function finished(id: number): Job {
  const user = `user${id % USERS}`
  const failed = id % FAILED_EVERY === 0
  const request = aRequest({
    user,
    group: `/time/users.${user}`,
    logfile: `/tmp/JOBLOG.${id}`,
    jobclass: id % 3 ? '' : 'short',
  })
  const end = anEnd({ at: NOW, exitCode: failed ? 1 : 0, cause: failed ? 'exit' : null })
  return doneJob({ id, state: failed ? 'failed' : 'done', request, end })
}

async function firstPageMs(yard: Yard, list: string): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) {
    const began = performance.now()
    await ask(yard, `/api/v3/query?select=id,statusnc,host,command&limit=50&${list}`)
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}
