/** What is told of running jobs and their host from second to second. */

import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import type { RunSample } from '../../src/executor/executor.ts'
import { isAlive, pidIn } from '../support/processes.ts'
import type { Yard } from './executor-yard.ts'

const PATIENCE = { timeout: 25_000, interval: 20 }
const MB = 1_000_000
/** Uses a processor in a child and writes 20 MB, then waits. */
const WORK = [
  '(i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done)',
  'head -c 20000000 /dev/zero >written',
  'echo $$ >pid',
  'sleep 60 & sleep 60; wait',
].join('; ')

export function samplesContract(yard: Yard): void {
  const { open, shell, start } = yard
  const runsOf = (jobId: number): RunSample[] =>
    yard.samples.flatMap(({ runs }) => runs.filter((run) => run.jobId === jobId))
  const sampled = (jobId: number, fits: (run: RunSample) => boolean) =>
    vi.waitUntil(() => runsOf(jobId).find(fits), PATIENCE)

  describe('samples', () => {
    test('show what the processes of a job use, those that have ended included', async () => {
      const job = start(shell(WORK))
      const { at: startedAt } = await yard.log.next('started', job.jobId)
      const sample = await sampled(job.jobId, ({ processes }) => processes === 3)
      expect(sample).toMatchObject({ attempt: 1, startedAt, threads: 3 })
      expect(sample.cpuMs).toBeGreaterThan(30)
      expect(sample.ramMb).toBeGreaterThan(0.3)
      expect(sample.ramMb).toBeLessThan(60)
      expect(sample.readBytes).toBeGreaterThan(20 * MB)
      expect(sample.writtenBytes).toBeGreaterThanOrEqual(20 * MB)
      expect(sample.writtenBytes).toBeLessThan(25 * MB)
    })

    test('do not fall when processes end', async () => {
      const burn = 'i=0; while [ $i -lt 400000 ]; do i=$((i+1)); done'
      const job = start(shell(`sh -c 'trap "exit 0" USR1; ${burn}; echo $$ >pid; sleep 60 & wait' & wait; sleep 60`))
      const child = await pidIn(join(yard.folder, 'pid'))
      const before = await sampled(job.jobId, ({ processes }) => processes === 3)
      process.kill(child, 'SIGKILL')
      await vi.waitUntil(() => !isAlive(child), PATIENCE)
      const count = runsOf(job.jobId).length
      await vi.waitUntil(() => runsOf(job.jobId).length > count + 1, PATIENCE)
      expect(runsOf(job.jobId).at(-1)!.cpuMs).toBeGreaterThanOrEqual(before.cpuMs)
    })

    test('are taken of the host also while nothing runs', async () => {
      const host = await vi.waitUntil(() => yard.samples.find((samples) => samples.host)?.host, PATIENCE)
      expect(host.cpuPercent).toBeGreaterThanOrEqual(0)
      expect(host.cpuPercent).toBeLessThanOrEqual(100)
      expect(host.usedRamMb).toBeGreaterThan(10)
      for (const rate of [host.networkBytesPerSecond, host.diskReadBytesPerSecond, host.diskWrittenBytesPerSecond])
        expect(rate).toBeGreaterThanOrEqual(0)
    })

    test('that were taken without a server are told when one comes, in order', async () => {
      const job = start(shell('sleep 3; echo $$ >late; sleep 60'))
      await yard.log.next('started', job.jobId)
      await yard.executor.close()
      await pidIn(join(yard.folder, 'late'))
      const cameAt = Date.now()
      await open()
      await sampled(job.jobId, () => true)
      const times = yard.samples.map(({ at }) => at)
      expect(times[0]).toBeLessThan(cameAt)
      expect(times).toEqual(times.toSorted((a, b) => a - b))
    })
  })
}
