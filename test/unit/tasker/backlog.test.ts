import { expect, test } from 'vitest'
import type { ExecutorSamples, HostSample } from '../../../src/executor/executor.ts'
import { Backlog } from '../../../src/tasker/backlog.ts'

const HOST: HostSample = {
  ...{ loadAverage: [0, 0, 0], cpuPercent: 1, usedRamMb: 1 },
  ...{ networkBytesPerSecond: 0, diskReadBytesPerSecond: 0, diskWrittenBytesPerSecond: 0 },
}
const RUN = {
  ...{ attempt: 1, startedAt: 0, cpuMs: 1, ramMb: 1 },
  ...{ readBytes: 0, writtenBytes: 0, threads: 1, processes: 1 },
}
const host = (atS: number): ExecutorSamples => ({ at: atS * 1000, host: HOST, runs: [] })
const runs = (atS: number, count: number): ExecutorSamples => ({
  at: atS * 1000,
  host: null,
  runs: Array.from({ length: count }, (_, index) => ({ ...RUN, jobId: index })),
})

test('everything is kept in order, handed over and forgotten', () => {
  const backlog = new Backlog()
  const all = [host(0), runs(1, 2), runs(2, 2), host(5)]
  for (const samples of all) backlog.add(samples)
  expect(backlog.take()).toEqual(all)
  expect(backlog.take()).toEqual([])
})

test('what is older than a quarter of an hour is dropped', () => {
  const backlog = new Backlog()
  for (let second = 0; second <= 2000; second += 5) backlog.add(host(second))
  expect(backlog.take().map(({ at }) => at)[0]).toBe((2000 - 900) * 1000)
})

test('looks at many runs are kept further apart, evenly over the whole time, and the host whole', () => {
  const backlog = new Backlog()
  for (let second = 0; second < 900; second++) {
    backlog.add(runs(second, 1000))
    if (second % 5 === 0) backlog.add(host(second))
  }
  const kept = backlog.take()
  const looks = kept.filter((samples) => samples.runs.length > 0)
  expect(kept.length - looks.length).toBe(180)
  expect(looks.length).toBeLessThanOrEqual(20)
  expect(looks.length).toBeGreaterThanOrEqual(10)
  const gaps = looks.slice(1).map(({ at }, index) => at - looks[index]!.at)
  expect(new Set(gaps).size).toBe(1)
  expect(looks[0]!.at).toBe(0)
})

test('one look at more runs than there is room for is kept', () => {
  const backlog = new Backlog()
  backlog.add(runs(0, 30_000))
  backlog.add(runs(1, 30_000))
  expect(backlog.take()).toHaveLength(1)
})
