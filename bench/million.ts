/** A million queued jobs: the server's memory, its restart, and whether dispatching goes on as with a thousand. */

import { cpus } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { aJob, ask, countStates, startYard, type Yard } from '../test/support/yard.ts'
import { runLoad } from './load.ts'
import { perSecond, report } from './report.ts'

const MILLION = Number(process.env.YARDMASTER_BENCH_QUEUED ?? 1_000_000)
const THOUSAND = 1000
/** Jobs whose dispatch is timed. */
const TIMED = 3000
const MEMORY_FLOOR_MB = 600
const RESTART_FLOOR_MS = 10_000
const PAGE_FLOOR_MS = 20
const RATE_FLOOR = 0.9
const LOAD_SECONDS = 10
const BODY = '{"command":"/bin/true","logfile":"/tmp/yard-bench/@N@","rundir":"/tmp","env":"BASE"}'

export async function benchMillion(): Promise<void> {
  const small = await restarted(await queued(THOUSAND + TIMED))
  const reference = await dispatchRate(small)
  await small.remove()

  const yard = await queued(MILLION)
  const { Queued: waiting = 0 } = await countStates(yard)
  const memory = yard.residentMb()
  const pageMs = await firstPageMs(yard)
  const again = await restarted(yard)
  const rate = await dispatchRate(again)
  await again.remove()

  const name = `${waiting.toLocaleString('en')} queued`
  report({
    question: `${name}, memory`,
    ours: `${memory.toFixed(0)} MB`,
    reference: '-',
    floor: `${MEMORY_FLOOR_MB} MB`,
    kept: memory <= MEMORY_FLOOR_MB,
  })
  report({
    question: `${name}, restart after kill -9 to serving`,
    ours: `${(again.readyMs / 1000).toFixed(2)} s`,
    reference: '-',
    floor: `${RESTART_FLOOR_MS / 1000} s`,
    kept: again.readyMs <= RESTART_FLOOR_MS,
  })
  report({
    question: `${name}, first page of a list`,
    ours: `${pageMs.toFixed(1)} ms`,
    reference: '-',
    floor: `${PAGE_FLOOR_MS} ms`,
    kept: pageMs <= PAGE_FLOOR_MS,
  })
  report({
    question: `${name}, dispatch rate`,
    ours: perSecond(rate),
    reference: `${(THOUSAND + TIMED).toLocaleString('en')} queued ${perSecond(reference)}`,
    ratio: rate / reference,
    floor: String(RATE_FLOOR),
    kept: rate / reference >= RATE_FLOOR,
  })
}

/** Both measurements begin with a server that has just come back, so that neither has warmed up more. */
async function restarted(yard: Yard): Promise<Yard> {
  await yard.stop('SIGKILL')
  return startYard({ dataDir: yard.dataDir })
}

/** A server whose slots are taken by sleepers, with at least `count` jobs waiting behind them. */
async function queued(count: number): Promise<Yard> {
  const yard = await startYard()
  for (let slot = 0; slot < cpus().length; slot += 1) {
    await ask(yard, '/api/v3/jobs', aJob({ command: 'sleep 3600', jobname: 'sleeper', 'priority,sched': 15 }))
  }
  const load = { url: `${yard.url}/api/v3/jobs`, token: yard.token, connections: 64, body: BODY }
  for (let waiting = 0; waiting < count; waiting = (await countStates(yard)).Queued ?? 0) {
    await runLoad({ ...load, seconds: count - waiting < 100_000 ? 1 : LOAD_SECONDS })
  }
  return yard
}

/** Jobs a second once the sleepers are gone. */
async function dispatchRate(yard: Yard): Promise<number> {
  const sleepers = (await ask(yard, '/api/v3/query?select=idint&from=jobs&where=jobname%3D%3Dsleeper')) as {
    rows: [number][]
  }
  for (const [id] of sleepers.rows) {
    await fetch(`${yard.url}/api/v3/jobs/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${yard.token}`, 'content-type': 'application/json' },
      body: '{"action":"STOP","signals":"KILL"}',
    })
  }
  const began = performance.now()
  for (;;) {
    const ended = await countDone(yard, TIMED)
    if (ended >= TIMED) return (ended / (performance.now() - began)) * 1000
    await delay(100)
  }
}

/** At most `limit`, so that the question costs the same whatever else there is. */
async function countDone(yard: Yard, limit: number): Promise<number> {
  const path = `/api/v3/query?select=idint&from=jobs&where=statusnc%3D%3DDone&limit=${limit}`
  return ((await ask(yard, path)) as { endrow: number }).endrow
}

async function firstPageMs(yard: Yard): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 20; round += 1) {
    const began = performance.now()
    await ask(yard, '/api/v3/query?select=id,statusnc,host,command&from=jobs&limit=50')
    times.push(performance.now() - began)
  }
  return times.toSorted((a, b) => a - b)[10]!
}
