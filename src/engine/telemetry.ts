/** What executors see of runs and hosts, as values of metrics: sums become rates, and each value gets its place. */

import type { Instant } from '../base/clock.ts'
import type { Executor, ExecutorSamples, HostSample, RunSample } from '../executor/executor.ts'
import type { MetricStore, Sample } from '../metric/metric-store.ts'
import { runKey } from './record/run-key.ts'

export interface TelemetryParts {
  executor: Pick<Executor, 'watch' | 'host'>
  metrics: Pick<MetricStore, 'put'>
  /** Of the executor's host; undefined while there is none, and then nothing is kept. */
  cluster(): string | undefined
}

/** Sums of a run at one moment. */
interface Reading {
  at: Instant
  cpuMs: number
  readBytes: number | null
  writtenBytes: number | null
}

interface Course {
  /** The last of the window before this one. */
  base: Reading
  last: Reading
}

type Values = Readonly<Record<string, number | null>>

/** Rates are means over what has passed of such a window, since of many values in one timestep a curve keeps the last. */
const WINDOW_MS = 5000
/** A run that is first seen later than this after its start was seen by an earlier server: its mean since then is no value of now. */
const FRESH_MS = 30_000
const BYTES_PER_GB = 1e9
const BYTES_PER_MB = 2 ** 20

/** Listens from now on. */
export function createTelemetry(parts: TelemetryParts): void {
  const coursesBySource = new Map<string, ReadonlyMap<string, Course>>()
  parts.executor.watch((samples) => {
    const cluster = parts.cluster()
    if (cluster === undefined) return
    const place = { cluster, host: parts.executor.host().name, at: samples.at }
    // A look at runs shows all of them: what it does not show is over.
    const { source = '' } = samples
    const known = coursesBySource.get(source) ?? new Map()
    const courses = samples.runs.length > 0 ? advance(known, samples) : known
    coursesBySource.set(source, courses)
    const ofRuns = samples.runs.flatMap((run) => {
      const id = runKey(run.jobId, run.attempt)
      return samplesOf({ ...place, level: 'job', id }, runValues(run, courses.get(id)))
    })
    const ofHost = samples.host ? samplesOf({ ...place, level: 'node', id: '' }, hostValues(samples.host)) : []
    parts.metrics.put([...ofHost, ...ofRuns])
  })
}

function samplesOf(place: Omit<Sample, 'metric' | 'value'>, values: Values): Sample[] {
  const known = Object.entries(values).filter((entry): entry is [string, number] => entry[1] !== null)
  return known.map(([metric, value]) => ({ ...place, metric, value }))
}

/** In the units of the cluster that is made of the host. */
function hostValues(host: HostSample): Values {
  return {
    cpu_load: host.loadAverage[0],
    cpu_user: host.cpuPercent,
    mem_used: gigabytes(host.usedRamMb),
    net_bw: host.networkBytesPerSecond,
    disk_read: host.diskReadBytesPerSecond,
    disk_write: host.diskWrittenBytesPerSecond,
  }
}

function runValues({ ramMb, threads, processes }: RunSample, course: Course | undefined): Values {
  return { ...ratesOf(course), job_mem: gigabytes(ramMb), job_threads: threads, job_processes: processes }
}

/** Nothing where there is no reading before to compare with. */
function ratesOf(course: Course | undefined): Values {
  if (!course || course.last.at <= course.base.at) return {}
  const { base, last } = course
  const seconds = (last.at - base.at) / 1000
  const rate = (before: number | null, after: number | null) =>
    after === null || before === null ? null : Math.max(0, after - before) / seconds
  return {
    // CPUs in use.
    job_cpu: rate(base.cpuMs / 1000, last.cpuMs / 1000),
    job_read: rate(base.readBytes, last.readBytes),
    job_write: rate(base.writtenBytes, last.writtenBytes),
  }
}

function advance(courses: ReadonlyMap<string, Course>, { at, runs }: ExecutorSamples): Map<string, Course> {
  return new Map(
    runs.map((run) => {
      const key = runKey(run.jobId, run.attempt)
      return [key, courseTo(readingOf(at, run), courses.get(key), run.startedAt)]
    }),
  )
}

function courseTo(now: Reading, before: Course | undefined, startedAt: Instant): Course {
  // A clock that was set back begins anew.
  if (before && now.at > before.last.at) {
    const isSameWindow = windowOf(now.at) === windowOf(before.last.at)
    return { base: isSameWindow ? before.base : before.last, last: now }
  }
  const isFresh = !before && now.at - startedAt <= FRESH_MS
  return { base: isFresh ? { at: startedAt, cpuMs: 0, readBytes: 0, writtenBytes: 0 } : now, last: now }
}

function readingOf(at: Instant, { cpuMs, readBytes, writtenBytes }: RunSample): Reading {
  return { at, cpuMs, readBytes, writtenBytes }
}

function windowOf(at: Instant): number {
  return Math.floor(at / WINDOW_MS)
}

function gigabytes(mb: number): number {
  return (mb * BYTES_PER_MB) / BYTES_PER_GB
}
