/** What the server tells a Prometheus of itself: its process, its requests, and what its rooms count. */

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import type { Logger } from '../base/log.ts'

type Answer<Value> = Value | Promise<Value>

/** Asked at every scrape; what is absent, fails or takes too long is left out of the answer. */
export interface MetricSources {
  jobsByState?(): Answer<Readonly<Record<string, number>>>
  queuedJobs?(): Answer<number>
  runningJobs?(): Answer<number>
  records?(): Answer<number>
  metricStore?(): Answer<{ series: number; points: number; bytes: number }>
  /** Lines of line protocol since the start of the server. */
  acceptedLines?(): Answer<number>
  /** Runs that wait for their archive. */
  archiveBacklog?(): Answer<number>
}

export interface ServerMetricsParts {
  version: string
  sources: MetricSources
  clock: Clock
  log: Logger
}

export interface ServerMetrics {
  /** Counts and times the requests of an app from now on; to be called before anything is mounted on it. */
  observe(app: FastifyInstance, door: string): void
  /** In Prometheus' text format 0.0.4; scrapes within a second share an answer. */
  scrape(): Promise<string>
  contentType: string
}

/** Seconds; from what an answer out of memory takes to what no client waits for. */
const DURATION_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
const SOURCE_TIMEOUT_MS = 2000
const FRESH_MS = 1000

/** One a process: the process itself is measured from now on. */
export function createServerMetrics(parts: ServerMetricsParts): ServerMetrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  gauge(registry, 'yardmaster_build_info', 'The version that runs, as a label of 1.', ['version']).set(
    { version: parts.version },
    1,
  )
  const refresh = sourceReader(registry, parts)
  const answer = async () => {
    await refresh()
    return registry.metrics()
  }
  return {
    observe: requestCounter(registry),
    scrape: shared(answer, parts.clock),
    contentType: registry.contentType,
  }
}

/** `GET /metrics`; `admit` throws for a caller who may not read it. */
export function serveMetrics(
  app: FastifyInstance,
  metrics: ServerMetrics,
  admit: (request: FastifyRequest) => Answer<void> = () => {},
): void {
  app.get(
    '/metrics',
    { schema: { hide: true }, onRequest: async (request) => admit(request) },
    async (_request, reply) =>
      reply
        .header('content-type', metrics.contentType)
        .header('cache-control', 'no-store')
        .send(await metrics.scrape()),
  )
}

function requestCounter(registry: Registry): ServerMetrics['observe'] {
  const registers = [registry]
  const counter = new Counter({
    name: 'yardmaster_http_requests_total',
    help: 'Requests that were answered, by door and class of status.',
    labelNames: ['door', 'status'],
    registers,
  })
  const histogram = new Histogram({
    name: 'yardmaster_http_request_duration_seconds',
    help: 'Time from a request to the end of its answer, by door.',
    labelNames: ['door'],
    buckets: DURATION_BUCKETS,
    registers,
  })
  return (app, door) => {
    const timer = histogram.labels(door)
    app.addHook('onResponse', (_request, reply, done) => {
      counter.inc({ door, status: `${Math.floor(reply.statusCode / 100)}xx` })
      timer.observe(reply.elapsedTime / 1000)
      done()
    })
  }
}

/** A function that brings everything that sources tell up to date. */
function sourceReader(registry: Registry, { sources, clock, log }: ServerMetricsParts): () => Promise<void> {
  const updates: (() => Promise<void>)[] = []
  /** Calls `set` with each answer of a source, and with undefined where there is none. */
  const follow = <Value>(name: string, source: (() => Answer<Value>) | undefined, set: Setter<Value>) => {
    if (!source) return
    updates.push(async () => {
      try {
        set(await inTime(async () => source(), clock))
      } catch (error) {
        log.warn({ source: name, reason: messageOf(error) }, 'a source of metrics does not answer')
        set(undefined)
      }
    })
  }
  for (const [name, source, help] of plainSources(sources)) {
    if (source) follow(name, source, setterOf(gauge(registry, name, help)))
  }
  if (sources.jobsByState) follow('jobsByState', sources.jobsByState, jobsSetter(registry))
  if (sources.metricStore) follow('metricStore', sources.metricStore, metricStoreSetter(registry))
  if (sources.acceptedLines) follow('acceptedLines', sources.acceptedLines, linesSetter(registry))
  return async () => void (await Promise.all(updates.map((update) => update())))
}

type Setter<Value> = (value: Value | undefined) => void

function plainSources(sources: MetricSources): [name: string, source: MetricSources['records'], help: string][] {
  const { queuedJobs, runningJobs, records, archiveBacklog } = sources
  return [
    ['yardmaster_queued_jobs', queuedJobs, 'Jobs that wait to be started.'],
    ['yardmaster_running_jobs', runningJobs, 'Jobs that run now, suspended ones included.'],
    ['yardmaster_records', records, 'Records of runs that are kept.'],
    ['yardmaster_archive_backlog_runs', archiveBacklog, 'Runs that have ended and wait for their archive.'],
  ]
}

function jobsSetter(registry: Registry): Setter<Readonly<Record<string, number>>> {
  const jobs = gauge(registry, 'yardmaster_jobs', 'Jobs that are kept, by state.', ['state'])
  return (counts = {}) => {
    jobs.reset()
    for (const [state, count] of Object.entries(counts)) jobs.set({ state }, count)
  }
}

function metricStoreSetter(registry: Registry): Setter<{ series: number; points: number; bytes: number }> {
  const setters = {
    series: setterOf(gauge(registry, 'yardmaster_metric_series', 'Series of measured values in memory.')),
    points: setterOf(gauge(registry, 'yardmaster_metric_points', 'Measured values in memory.')),
    bytes: setterOf(gauge(registry, 'yardmaster_metric_bytes', 'Memory that measured values take.')),
  }
  return (usage) => {
    setters.series(usage?.series)
    setters.points(usage?.points)
    setters.bytes(usage?.bytes)
  }
}

/** The source counts by itself: the counter is set to what it says. */
function linesSetter(registry: Registry): Setter<number> {
  const name = 'yardmaster_metric_lines_accepted_total'
  const counter = new Counter({ name, help: 'Lines of line protocol that were taken.', registers: [registry] })
  return (count) => {
    if (count === undefined) return
    counter.reset()
    counter.inc(count)
  }
}

function gauge(registry: Registry, name: string, help: string, labelNames: string[] = []): Gauge {
  return new Gauge({ name, help, labelNames, registers: [registry] })
}

function setterOf(target: Gauge): Setter<number> {
  return (value) => (value === undefined ? target.remove() : target.set(value))
}

/** @throws plain error when there is no answer in time */
function inTime<Value>(ask: () => Promise<Value>, clock: Clock): Promise<Value> {
  return new Promise((resolve, reject) => {
    const cancel = clock.after(SOURCE_TIMEOUT_MS, () => reject(new Error(`no answer in ${SOURCE_TIMEOUT_MS} ms`)))
    ask().then(resolve, reject).finally(cancel)
  })
}

/** The same answer for all who ask within a second, so that asking more often costs nothing. */
function shared(make: () => Promise<string>, clock: Clock): () => Promise<string> {
  let madeAtMs = Number.NEGATIVE_INFINITY
  let answer: Promise<string> | undefined
  return () => {
    const now = clock.monotonicMs()
    if (answer && now - madeAtMs < FRESH_MS) return answer
    madeAtMs = now
    answer = make()
    return answer
  }
}
