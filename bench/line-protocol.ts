/** How fast measured values come in, what they cost in memory, and how fast the curves of a large job come out. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../src/base/clock.ts'
import { silentLog } from '../src/base/log.ts'
import { createMemoryStore } from '../src/metric/memory/memory-store.ts'
import type { MetricStore, SeriesQuery } from '../src/metric/metric-store.ts'
import { perSecond, quantile, report } from './report.ts'

const CLUSTER = 'testcluster'
const HOSTS = Array.from({ length: 200 }, (_, index) => `host${String(index).padStart(3, '0')}`)
const METRICS = Array.from({ length: 24 }, (_, index) => `collector_metric_${index}`)
const STEP_MS = 60_000
const DAY_STEPS = 1440
const MILLION = 1e6
const MEGABYTE = 1e6
/** As a socket hands them over. */
const CHUNK_BYTES = 65_536
const BODIES = Number(process.env.YARDMASTER_BENCH_BODIES ?? 300)
/** Of the best of them: others may use the machine as well. */
const ROUNDS = 5
/** After so many the process has the room that it needs for making bodies. */
const WARMING_BODIES = 200
const FLOOR_LINES = 400_000
const FLOOR_READ_MS = 100
const REFERENCE = 'cc-backend 573,000/s on such a machine (spec/cockpit.md 8.1)'

export async function benchLineProtocol(): Promise<void> {
  const last = Math.floor(Date.now() / STEP_MS) * STEP_MS
  await withStore((store) => benchDay(store, last))
  const bodies = Array.from({ length: BODIES }, (_, index) => bodyAt(last - (BODIES - index) * STEP_MS))
  const rates: number[] = []
  for (let round = 0; round < ROUNDS; round += 1) rates.push(await withStore((store) => linesPerSecond(store, bodies)))
  const best = Math.max(...rates)
  report({
    question: `line protocol, bodies of ${HOSTS.length} hosts × ${METRICS.length} metrics, best of ${ROUNDS}`,
    ours: `${perSecond(best)} (worst ${perSecond(Math.min(...rates))})`,
    reference: REFERENCE,
    floor: perSecond(FLOOR_LINES),
    kept: best >= FLOOR_LINES,
  })
}

/** First of all, so that the process has nothing else in its memory. */
async function benchDay(store: MetricStore, last: number): Promise<void> {
  for (let warmed = 0; warmed < WARMING_BODIES; warmed += 1) bodyAt(last)
  const residentBefore = process.memoryUsage().rss
  for (let step = DAY_STEPS; step > 0; step -= 1)
    await store.write(chunksOf(bodyAt(last - step * STEP_MS)), { cluster: '' })
  const { points, bytes } = await store.usage()
  const perMillion = (total: number) => `${((total / points) * (MILLION / MEGABYTE)).toFixed(1)} MB`
  report({
    question: `memory per million points, ${(points / MILLION).toFixed(1)} million in ${HOSTS.length * METRICS.length} series`,
    ours: `${perMillion(bytes)} counted, ${perMillion(process.memoryUsage().rss - residentBefore)} resident`,
    reference: '8 MB of bare values',
    floor: '-',
    kept: true,
  })
  for (const count of [1, 8]) {
    const ms = await readMs(store, queries(METRICS.slice(0, count), last))
    report({
      question: `curves of 64 nodes × 24 h at 60 s, ${count} metric${count > 1 ? 's' : ''}, median`,
      ours: `${ms.toFixed(1)} ms`,
      reference: '-',
      floor: `${FLOOR_READ_MS} ms`,
      kept: ms <= FLOOR_READ_MS,
    })
  }
}

async function withStore<T>(use: (store: MetricStore) => Promise<T>): Promise<T> {
  const directory = mkdtempSync(join(tmpdir(), 'yard-metrics-'))
  const store = createMemoryStore({
    directory,
    retentionMs: 2 * DAY_STEPS * STEP_MS,
    checkpointIntervalMs: 10_000,
    memoryMb: 1024,
    clock: systemClock,
    log: silentLog,
  })
  await store.start()
  const metrics = METRICS.map((name) => ({ name, timestepMs: STEP_MS, aggregation: 'avg' as const }))
  await store.configure([{ cluster: CLUSTER, metrics }])
  const used = await use(store)
  await store.stop()
  rmSync(directory, { recursive: true })
  return used
}

/** One interval of the whole cluster as cc-metric-collector writes it. */
function bodyAt(at: number): Buffer {
  let text = ''
  for (const host of HOSTS) {
    for (const metric of METRICS) {
      const value = (Math.random() * 100).toFixed(2)
      text += `${metric},cluster=${CLUSTER},hostname=${host},type=node value=${value} ${at / 1000}\n`
    }
  }
  return Buffer.from(text)
}

async function* chunksOf(body: Buffer) {
  for (let at = 0; at < body.length; at += CHUNK_BYTES) yield body.subarray(at, at + CHUNK_BYTES)
}

async function linesPerSecond(store: MetricStore, bodies: readonly Buffer[]): Promise<number> {
  const began = performance.now()
  let lines = 0
  for (const body of bodies) lines += await store.write(chunksOf(body), { cluster: '' })
  return (lines / (performance.now() - began)) * 1000
}

function queries(metrics: readonly string[], last: number): SeriesQuery[] {
  const span = { from: last - DAY_STEPS * STEP_MS, to: last, level: 'node', ids: [], aggregate: true } as const
  return metrics.flatMap((metric) => HOSTS.slice(0, 64).map((host) => ({ cluster: CLUSTER, host, metric, ...span })))
}

async function readMs(store: MetricStore, asked: readonly SeriesQuery[]): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < 30; round += 1) {
    const began = performance.now()
    await store.read(asked)
    times.push(performance.now() - began)
  }
  return quantile(times, 0.5)
}
