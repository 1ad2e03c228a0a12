import { expect, test } from 'vitest'
import { createTelemetry } from '../../../src/engine/telemetry.ts'
import type { HostSample, RunSample } from '../../../src/executor/executor.ts'
import type { MetricStore, Sample } from '../../../src/metric/metric-store.ts'
import { HandExecutor } from '../../support/hand-executor.ts'
import { makeHouse } from '../../support/house.ts'

const START = 1_800_000_000_000
const MB = 1_000_000

const HOST: HostSample = {
  ...{ loadAverage: [1.5, 2, 3], cpuPercent: 42, usedRamMb: 2000 },
  ...{ networkBytesPerSecond: 10, diskReadBytesPerSecond: 20, diskWrittenBytesPerSecond: 30 },
}

const run = (changes: Partial<RunSample> = {}): RunSample => ({
  ...{ jobId: 7, attempt: 2, startedAt: START, cpuMs: 0, ramMb: 1000 },
  ...{ readBytes: 0, writtenBytes: 0, threads: 4, processes: 3, ...changes },
})

function listening(cluster: string | undefined = 'yard') {
  const executor = new HandExecutor()
  const put: Sample[] = []
  createTelemetry({ executor, metrics: { put: (samples) => put.push(...samples) }, cluster: () => cluster })
  const valuesOf = (metric: string, id = '7.2') =>
    put.filter((sample) => sample.metric === metric && sample.id === id).map(({ value }) => value)
  /** A look at runs, so many seconds after they began. */
  const look = (second: number, ...runs: RunSample[]) => executor.sample({ at: START + second * 1000, runs })
  return { executor, put, valuesOf, look }
}

test('what is seen of a host becomes values of its node', () => {
  const { executor, put } = listening()
  executor.sample({ at: START, host: HOST })
  const place = { cluster: 'yard', host: 'node01', level: 'node', id: '', at: START }
  expect(put).toEqual([
    { ...place, metric: 'cpu_load', value: 1.5 },
    { ...place, metric: 'cpu_user', value: 42 },
    { ...place, metric: 'mem_used', value: (2000 * 2 ** 20) / 1e9 },
    { ...place, metric: 'net_bw', value: 10 },
    { ...place, metric: 'disk_read', value: 20 },
    { ...place, metric: 'disk_write', value: 30 },
  ])
})

test('what is seen of a run becomes values of that attempt', () => {
  const { put, look } = listening()
  look(1, run())
  expect(new Set(put.map(({ level, id, host }) => `${level} ${id} ${host}`))).toEqual(new Set(['job 7.2 node01']))
  const values = Object.fromEntries(put.map(({ metric, value }) => [metric, value]))
  expect(values).toEqual({
    ...{ job_cpu: 0, job_read: 0, job_write: 0 },
    ...{ job_mem: (1000 * 2 ** 20) / 1e9, job_threads: 4, job_processes: 3 },
  })
})

test('the first rates are those since the start', () => {
  const { valuesOf, look } = listening()
  look(2, run({ cpuMs: 3000, readBytes: 10 * MB, writtenBytes: 4 * MB }))
  expect(valuesOf('job_cpu')).toEqual([1.5])
  expect(valuesOf('job_read')).toEqual([5 * MB])
  expect(valuesOf('job_write')).toEqual([2 * MB])
})

test('the last rate in a window of five seconds is the mean over it', () => {
  const { valuesOf, look } = listening()
  const cpuMs = [0, 0, 0, 0, 0, 4000, 4000, 4000, 4000, 5000]
  for (const [second, sum] of cpuMs.entries()) if (second > 0) look(second, run({ cpuMs: sum }))
  expect(valuesOf('job_cpu').at(-1)).toBe(1)
})

test('a gap is bridged by the mean over it', () => {
  const { valuesOf, look } = listening()
  look(1, run({ cpuMs: 1000 }))
  look(101, run({ cpuMs: 51_000 }))
  expect(valuesOf('job_cpu')).toEqual([1, 0.5])
})

test('a run that an earlier server knew has no rate before it was seen twice', () => {
  const { valuesOf, look } = listening()
  look(3600, run({ cpuMs: 3_600_000 }))
  look(3601, run({ cpuMs: 3_600_500 }))
  expect(valuesOf('job_cpu')).toEqual([0.5])
  expect(valuesOf('job_threads')).toEqual([4, 4])
})

test('neither sums that fall nor a clock that is set back make anything negative', () => {
  const { put, valuesOf, look } = listening()
  look(2, run({ cpuMs: 2000, readBytes: 5 }))
  look(3, run({ cpuMs: 1000, readBytes: 1 }))
  look(1, run({ cpuMs: 1500 }))
  look(2, run({ cpuMs: 2500 }))
  expect(valuesOf('job_cpu').at(-1)).toBe(1)
  expect(put.filter(({ value }) => !(value >= 0))).toEqual([])
})

test('where the host does not tell what is read and written, there are no values', () => {
  const { valuesOf, look } = listening()
  look(1, run({ readBytes: null, writtenBytes: null }))
  look(2, run({ readBytes: 7, writtenBytes: null }))
  expect([valuesOf('job_read').every((value) => value >= 0), valuesOf('job_write')]).toEqual([true, []])
})

test('several runs are kept apart', () => {
  const { valuesOf, look } = listening()
  look(1, run({ cpuMs: 500 }), run({ jobId: 8, cpuMs: 1000 }))
  look(2, run({ cpuMs: 1000 }), run({ jobId: 8, cpuMs: 2000 }))
  expect(valuesOf('job_cpu')).toEqual([0.5, 0.5])
  expect(valuesOf('job_cpu', '8.2')).toEqual([1, 1])
})

test('runs that parts of an executor look at in turn are kept apart', () => {
  const { executor, valuesOf } = listening()
  for (const second of [1, 2, 3, 4]) {
    const at = START + second * 1000
    executor.sample({ at, source: 'site1', runs: [run({ cpuMs: second * 500 })] })
    executor.sample({ at, source: 'site2', runs: [run({ jobId: 8, attempt: 1, cpuMs: second * 250 })] })
  }
  expect(valuesOf('job_cpu')).toEqual([0.5, 0.5, 0.5, 0.5])
  expect(valuesOf('job_cpu', '8.1')).toEqual([0.25, 0.25, 0.25, 0.25])
})

test('without a cluster nothing is kept', () => {
  const executor = new HandExecutor()
  createTelemetry({ executor, metrics: { put: () => expect.unreachable() }, cluster: () => undefined })
  executor.sample({ at: START, host: HOST, runs: [run()] })
})

test('an engine that is given a metric store listens for its executor', async () => {
  const put: Sample[] = []
  const metrics = { put: (samples: readonly Sample[]) => void put.push(...samples) } as unknown as MetricStore
  const { executor } = await makeHouse({ metrics, homeCluster: () => 'yard' })
  executor.sample({ at: START, host: HOST })
  expect(put).toContainEqual(expect.objectContaining({ cluster: 'yard', metric: 'cpu_load', value: 1.5 }))
})
