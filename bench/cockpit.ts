/** The record's door over HTTP: durable starts and ends of reported jobs, line protocol, and the curves of a large job. */

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startYard, YARDMASTER, type Yard } from '../test/support/yard.ts'
import { runScript } from './load.ts'
import { perSecond, quantile, report } from './report.ts'

const CONNECTIONS = 8
const START_SECONDS = 8
const STOP_SECONDS = 5
const HOSTS = 64
const STEP_SECONDS = 60
const STEPS = 1440
const METRICS = Array.from({ length: 8 }, (_, index) => `metric${index}`)
const ROUNDS = 9
const LINES_PER_BODY = 4800

const FLOORS = { start: 4000, stop: 2500, lines: 400_000, curvesMs: 100 }

export async function benchCockpit(): Promise<void> {
  const yard = await startYard({ dataDir: dataDirWithCluster() })
  const token = tokenOf(yard)
  await benchReports(yard, token)
  await benchCurves(yard, token)
  await yard.remove()
}

async function benchReports(yard: Yard, token: string): Promise<void> {
  const first = 1_000_000
  const began = Math.floor(Date.now() / 1000) - 3600
  const start = `{"cluster":"bench","jobId":@N@,"user":"u1","project":"p1","partition":"main","numNodes":1,
    "numHwthreads":8,"resources":[{"hostname":"n001","hwthreads":[0,1,2,3,4,5,6,7]}],"startTime":${began},"walltime":3600,
    "metaData":{"jobName":"bench","jobScript":"#!/bin/sh\\nsrun program"}}`
  const stop = `{"cluster":"bench","jobId":@N@,"startTime":${began},"stopTime":${began + 600},"jobState":"completed"}`
  const load = { token, connections: CONNECTIONS, first }
  const url = `${yard.cockpitUrl}/api/jobs`
  const started = await runScript({ ...load, url: `${url}/start_job/`, seconds: START_SECONDS, body: flat(start) })
  tell('durable start_job', started, FLOORS.start, 'cc-backend 2,150/s, not durable')
  const stopped = await runScript({ ...load, url: `${url}/stop_job/`, seconds: STOP_SECONDS, body: flat(stop) })
  tell('durable stop_job', stopped, FLOORS.stop, 'cc-backend 555/s')
}

function flat(body: string): string {
  return body.replace(/\n\s*/g, '')
}

function tell(
  what: string,
  { perSecond: rate, refused }: { perSecond: number; refused: number },
  floor: number,
  peer: string,
) {
  report({
    question: `${what}, ${CONNECTIONS} connections${refused ? ` (${refused} refused)` : ''}`,
    ours: perSecond(rate),
    reference: peer,
    floor: perSecond(floor),
    kept: rate >= floor && refused === 0,
  })
}

async function benchCurves(yard: Yard, token: string): Promise<void> {
  const end = Math.floor(Date.now() / 1000)
  const began = end - STEPS * STEP_SECONDS
  const linesPerSecond = await fill(yard, token, began)
  report({
    question: `line protocol over HTTP, ${LINES_PER_BODY} lines a request, one connection`,
    ours: `${Math.round(linesPerSecond).toLocaleString('en')} lines/s`,
    reference: 'cc-backend 573,000/s',
    floor: `${FLOORS.lines.toLocaleString('en')}`,
    kept: linesPerSecond >= FLOORS.lines,
  })
  const resources = hosts().map((hostname) => ({ hostname }))
  const body = {
    cluster: 'bench',
    jobId: 7,
    user: 'u1',
    numNodes: HOSTS,
    resources,
    startTime: began,
    numHwthreads: 512,
  }
  await call(yard, token, '/api/jobs/start_job/', JSON.stringify(body))
  const { jobs } = (await (await call(yard, token, '/api/jobs/?jobId=7')).json()) as { jobs: { id: number }[] }
  const path = `/api/jobs/metrics/${jobs[0]!.id}?metric=`
  for (const metrics of [METRICS.slice(0, 1), METRICS]) {
    const times: number[] = []
    let sizeBytes = 0
    for (let round = 0; round < ROUNDS; round += 1) {
      const asked = performance.now()
      const answer = await call(yard, token, path + metrics.join('&metric='))
      sizeBytes = (await answer.arrayBuffer()).byteLength
      times.push(performance.now() - asked)
    }
    const ms = quantile(times, 0.5)
    const isOne = metrics.length === 1
    report({
      question: `curves of ${HOSTS} nodes x 24 h at ${STEP_SECONDS} s, ${metrics.length} metric(s), ${(sizeBytes / 1e6).toFixed(1)} MB`,
      ours: `${ms.toFixed(0)} ms`,
      reference: '-',
      floor: isOne ? `${FLOORS.curvesMs} ms` : 'none',
      kept: !isOne || ms <= FLOORS.curvesMs,
    })
  }
}

/** A day of values, time step by time step as collectors send them; answers lines a second. */
async function fill(yard: Yard, token: string, began: number): Promise<number> {
  const bodies: Buffer[] = []
  let lines: string[] = []
  for (let step = 0; step < STEPS; step += 1) {
    for (const host of hosts())
      for (const metric of METRICS)
        lines.push(
          `${metric},cluster=bench,hostname=${host},type=node value=${((step * 7) % 100) / 8} ${began + step * STEP_SECONDS}`,
        )
    if (lines.length < LINES_PER_BODY) continue
    bodies.push(Buffer.from(`${lines.join('\n')}\n`))
    lines = []
  }
  bodies.push(Buffer.from(lines.join('\n')))
  const started = performance.now()
  for (const body of bodies) await call(yard, token, '/api/write/?cluster=bench', body)
  return (HOSTS * METRICS.length * STEPS) / ((performance.now() - started) / 1000)
}

async function call({ cockpitUrl }: Yard, token: string, path: string, body?: string | Buffer): Promise<Response> {
  const headers = { 'X-Auth-Token': token }
  const init = body === undefined ? { headers } : { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) }
  const response = await fetch(`${cockpitUrl}${path}`, init)
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return response
}

function hosts(): string[] {
  return Array.from({ length: HOSTS }, (_, index) => `n${String(index + 1).padStart(3, '0')}`)
}

export function tokenOf({ dataDir }: Yard): string {
  const admin = (...words: string[]) => execFileSync(YARDMASTER, [...words, '--data', dataDir], { encoding: 'utf8' })
  admin('user', 'add', 'bench', '--role', 'api', '--no-password')
  return admin('token', 'bench', '--ttl', '1d').trim()
}

function dataDirWithCluster(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'yard-'))
  mkdirSync(join(dataDir, 'archive/bench'), { recursive: true })
  writeFileSync(join(dataDir, 'archive/version.txt'), '3\n')
  writeFileSync(join(dataDir, 'archive/bench/cluster.json'), JSON.stringify(cluster()))
  return dataDir
}

function cluster(): object {
  const threads = [0, 1, 2, 3, 4, 5, 6, 7]
  const rate = { unit: { base: 'F/s', prefix: 'G' }, value: 1 }
  return {
    name: 'bench',
    metricConfig: METRICS.map((name) => ({
      name,
      unit: { base: '' },
      scope: 'node',
      timestep: STEP_SECONDS,
      aggregation: 'avg',
      peak: 100,
      normal: 50,
      caution: 20,
      alert: 10,
    })),
    subClusters: [
      {
        name: 'main',
        nodes: 'n[001-064]',
        processorType: 'any',
        socketsPerNode: 1,
        coresPerSocket: 8,
        threadsPerCore: 1,
        flopRateScalar: rate,
        flopRateSimd: rate,
        memoryBandwidth: { unit: { base: 'B/s', prefix: 'G' }, value: 1 },
        topology: { node: threads, socket: [threads], memoryDomain: [threads], core: threads.map((one) => [one]) },
      },
    ],
  }
}
