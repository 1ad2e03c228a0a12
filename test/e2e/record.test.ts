/** A job of the queue as a reader of records sees it: listed, measured while it runs, archived after. Nothing is configured. */

import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startYard, submit, YARDMASTER, type Yard } from '../support/yard.ts'

const PATIENCE = { timeout: 60_000, interval: 250 }

let yard: Yard
let token: string
beforeAll(async () => {
  yard = await startYard()
  const admin = (...words: string[]) =>
    execFileSync(YARDMASTER, [...words, '--data', yard.dataDir], { encoding: 'utf8' })
  admin('user', 'add', 'reader', '--role', 'api', '--no-password')
  token = admin('token', 'reader').trim()
}, 120_000)
afterAll(() => yard.remove())

interface Row {
  id: number
  jobId: number
  cluster: string
  jobState: string
  duration: number
  startTime: number
  monitoringStatus: number
}

async function get<Answer>(path: string): Promise<Answer> {
  const response = await fetch(`${yard.cockpitUrl}${path}`, { headers: { 'X-Auth-Token': token } })
  expect(response.status, path).toBe(200)
  return (await response.json()) as Answer
}

async function recordOf(jobId: number): Promise<Row | undefined> {
  const { jobs } = await get<{ jobs: Row[] }>(`/api/jobs/?jobId=${jobId}`)
  return jobs[0]
}

interface Curves {
  data: { jobMetrics: { name: string; scope: string; metric: { series: { data: (number | null)[] }[] } }[] }
}

async function curvesOf(id: number, ...metrics: string[]): Promise<Map<string, (number | null)[]>> {
  const wanted = metrics.map((metric) => `metric=${metric}`).join('&')
  const { data } = await get<Curves>(`/api/jobs/metrics/${id}?${wanted}`)
  return new Map(data.jobMetrics.map(({ name, metric }) => [name, metric.series[0]?.data ?? []]))
}

test('a job is listed, has curves of itself and of its host while it runs, and an archive afterwards', async () => {
  const command = "sh -c 'timeout 14 yes > /dev/null; exit 0'"
  const { jobid } = await submit(yard, { command, logfile: 'JOBLOG.record', rundir: yard.dataDir, env: 'BASE' })
  const running = await vi.waitFor(async () => {
    const record = await recordOf(jobid!)
    expect(record).toMatchObject({ jobId: jobid, jobState: 'running', monitoringStatus: 1 })
    return record!
  }, PATIENCE)

  await vi.waitFor(async () => {
    const curves = await curvesOf(running.id, 'job_cpu', 'job_mem', 'cpu_load')
    expect(Math.max(...(curves.get('job_cpu') ?? []).map(Number))).toBeGreaterThan(0)
    expect(curves.get('job_mem')?.some((value) => value !== null)).toBe(true)
    expect(curves.get('cpu_load')?.some((value) => value !== null)).toBe(true)
    expect((await recordOf(jobid!))?.jobState).toBe('running')
  }, PATIENCE)

  const ended = await vi.waitFor(async () => {
    const record = await recordOf(jobid!)
    expect(record).toMatchObject({ jobState: 'completed', monitoringStatus: 3 })
    return record!
  }, PATIENCE)
  expect(ended.duration).toBeGreaterThanOrEqual(13)

  const number = String(jobid).padStart(4, '0')
  const place = [ended.cluster, String(Math.floor(jobid! / 1000)), number.slice(-3), String(ended.startTime)]
  const folder = join(yard.dataDir, 'archive', ...place)
  const meta = JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))
  expect(meta).toMatchObject({
    jobId: jobid,
    jobState: 'completed',
    statistics: { job_cpu: { max: expect.any(Number) } },
  })
  const data = JSON.parse(gunzipSync(readFileSync(join(folder, 'data.json.gz'))).toString())
  expect(Object.keys(data)).toEqual(expect.arrayContaining(['cpu_load', 'job_cpu', 'job_mem']))
  expect(Math.max(...(await curvesOf(ended.id, 'job_cpu')).get('job_cpu')!.map(Number))).toBeGreaterThan(0)
}, 180_000)

test('a brief job has a record with its end, and no archive', async () => {
  const { jobid } = await submit(yard, { command: 'false', logfile: 'JOBLOG.brief', rundir: yard.dataDir, env: 'BASE' })
  await vi.waitFor(async () => {
    expect(await recordOf(jobid!)).toMatchObject({
      jobState: 'failed',
      monitoringStatus: expect.toSatisfy((n) => n !== 3),
    })
  }, PATIENCE)
})

test('the same records are below /cockpit of the main address, and the server is measured at /metrics', async () => {
  const below = await fetch(`${yard.url}/cockpit/api/jobs/`, { headers: { 'X-Auth-Token': token } })
  expect(below.status).toBe(200)
  const scraped = await (await fetch(`${yard.cockpitUrl}/metrics`)).text()
  expect(scraped).toMatch(/^yardmaster_records \d+$/m)
  expect(scraped).toMatch(/^yardmaster_http_requests_total\{door="cockpit",status="2xx"\} \d+$/m)
})

test('what was recorded and measured is there after a kill -9', async () => {
  const before = await get<{ jobs: Row[] }>('/api/jobs/')
  await yard.stop('SIGKILL')
  yard = await startYard({ dataDir: yard.dataDir })
  const after = await get<{ jobs: Row[] }>('/api/jobs/')
  expect(after.jobs.map(({ id }) => id)).toEqual(before.jobs.map(({ id }) => id))
  expect(existsSync(join(yard.dataDir, 'metrics'))).toBe(true)
}, 120_000)
