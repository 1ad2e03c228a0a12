import { expect, onTestFinished, test, vi } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { silentLog } from '../../../src/base/log.ts'
import { createApp } from '../../../src/http/app.ts'
import { createServerMetrics, type MetricSources, serveMetrics } from '../../../src/http/prometheus.ts'
import { HandClock } from '../../support/clock.ts'
import { readPrometheusText } from '../../support/prometheus-text.ts'

const ALL: MetricSources = {
  jobsByState: () => ({ done: 5, failed: 2 }),
  queuedJobs: () => 3,
  runningJobs: async () => 1,
  records: async () => 8,
  metricStore: async () => ({ series: 10, points: 200, bytes: 4096 }),
  acceptedLines: () => 77,
  archiveBacklog: () => 4,
}

function aDoor(sources: MetricSources = {}) {
  const clock = new HandClock()
  const log = { ...silentLog, warn: vi.fn() }
  const metrics = createServerMetrics({ version: '1.2.3 "x"\\y', sources, clock, log })
  const app = createApp({ log: silentLog })
  metrics.observe(app, 'cockpit')
  serveMetrics(app, metrics)
  app.get('/refused', () => {
    throw new DomainError('forbidden', 'no')
  })
  onTestFinished(() => app.close())
  const scrape = async () => readPrometheusText((await app.inject('/metrics')).body)
  return { app, clock, log, scrape }
}

test('what the rooms of the server count is told by name', async () => {
  const { scrape } = aDoor(ALL)
  const { value } = await scrape()
  expect(value('yardmaster_jobs', { state: 'done' })).toBe(5)
  expect(value('yardmaster_jobs', { state: 'failed' })).toBe(2)
  expect(value('yardmaster_queued_jobs')).toBe(3)
  expect(value('yardmaster_running_jobs')).toBe(1)
  expect(value('yardmaster_records')).toBe(8)
  expect(value('yardmaster_metric_series')).toBe(10)
  expect(value('yardmaster_metric_points')).toBe(200)
  expect(value('yardmaster_metric_bytes')).toBe(4096)
  expect(value('yardmaster_metric_lines_accepted_total')).toBe(77)
  expect(value('yardmaster_archive_backlog_runs')).toBe(4)
  expect(value('yardmaster_build_info', { version: '1.2.3 "x"\\y' })).toBe(1)
  expect(value('process_resident_memory_bytes')).toBeGreaterThan(1e6)
})

test('the answer is text that Prometheus reads, with a type and a help for every family, and names as it wants them', async () => {
  const { app } = aDoor(ALL)
  const response = await app.inject('/metrics')
  expect(response.statusCode).toBe(200)
  expect(response.headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/)
  const { families } = readPrometheusText(response.body)
  expect(families.size).toBeGreaterThan(30)
  for (const [name, { type }] of families) {
    if (!name.startsWith('yardmaster_')) continue
    expect(`${name} ${type}`).toMatch(/_total counter$|^(?!.*_total )\S+ (gauge|histogram)$/)
  }
})

test('requests are counted by door and class of status, and timed', async () => {
  const { app, clock, scrape } = aDoor()
  for (const path of ['/refused', '/refused', '/nowhere', '/%zz']) await app.inject(path)
  const { value } = await scrape()
  expect(value('yardmaster_http_requests_total', { door: 'cockpit', status: '4xx' })).toBeGreaterThanOrEqual(3)
  clock.turn(1000)
  const again = await scrape()
  expect(again.value('yardmaster_http_requests_total', { door: 'cockpit', status: '2xx' })).toBe(1)
  expect(again.value('yardmaster_http_request_duration_seconds_count', { door: 'cockpit' })).toBeGreaterThanOrEqual(4)
  const last = again.value('yardmaster_http_request_duration_seconds_bucket', { door: 'cockpit', le: '+Inf' })
  expect(last).toBe(again.value('yardmaster_http_request_duration_seconds_count', { door: 'cockpit' }))
})

test('a source that fails or hangs is left out and logged, and the rest is told', async () => {
  const sources = {
    ...ALL,
    records: () => Promise.reject(new Error('the store is away')),
    jobsByState: () => {
      throw new Error('the store is away')
    },
    metricStore: () => new Promise<never>(() => {}),
  }
  const { clock, log, scrape } = aDoor(sources)
  const answer = scrape()
  await vi.waitUntil(() => log.warn.mock.calls.length === 2)
  clock.turn(2000)
  const { families, value } = await answer
  expect(value('yardmaster_queued_jobs')).toBe(3)
  for (const name of ['yardmaster_records', 'yardmaster_jobs', 'yardmaster_metric_bytes'])
    expect(families.get(name)?.samples).toEqual([])
  expect(log.warn).toHaveBeenCalledTimes(3)
})

test('a state that no job has any more is gone from the next answer', async () => {
  let counts: Record<string, number> = { queued: 1 }
  const { clock, scrape } = aDoor({ jobsByState: () => counts })
  await scrape()
  counts = { done: 1 }
  clock.turn(1000)
  expect((await scrape()).families.get('yardmaster_jobs')?.samples).toHaveLength(1)
})

test('scrapes within a second share an answer', async () => {
  const records = vi.fn(async () => 8)
  const { clock, scrape } = aDoor({ records })
  await Promise.all([scrape(), scrape()])
  await scrape()
  expect(records).toHaveBeenCalledTimes(1)
  clock.turn(1000)
  await scrape()
  expect(records).toHaveBeenCalledTimes(2)
})

test('a caller who is not admitted reads nothing', async () => {
  const metrics = createServerMetrics({ version: '1', sources: {}, clock: new HandClock(), log: silentLog })
  const app = createApp({ log: silentLog })
  onTestFinished(() => app.close())
  serveMetrics(app, metrics, async () => {
    throw new DomainError('unauthenticated', 'sign in to read metrics')
  })
  const response = await app.inject('/metrics')
  expect([response.statusCode, response.json()]).toEqual([401, { error: 'sign in to read metrics' }])
})
