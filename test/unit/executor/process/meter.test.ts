import { expect, test } from 'vitest'
import { Meter } from '../../../../src/executor/resident/process/meter.ts'
import { type Process, readProcess } from '../../../../src/executor/resident/process/process-table.ts'

const at = (pid: number, changes: Partial<Process> = {}): Process => ({
  ...{ pid, parent: 1, group: pid, session: pid, name: 'x', state: 'S' },
  ...{ startTime: String(pid), cpuMs: 100, ramMb: 2, threads: 3, ...changes },
})

test('memory, threads and processes are those of now, the rest is what was used since the start', () => {
  const meter = new Meter()
  const transfersOf = (pid: number) => ({ readBytes: pid, writtenBytes: 10 * pid })
  meter.look([at(1), at(2)], transfersOf)
  expect(meter.look([at(1)], transfersOf)).toEqual({
    ...{ cpuMs: 200, ramMb: 2, threads: 3, processes: 1 },
    ...{ readBytes: 3, writtenBytes: 30 },
  })
})

test('where no process tells what it reads and writes, nobody knows', () => {
  expect(new Meter().look([at(1)], () => undefined)).toMatchObject({ readBytes: null, writtenBytes: null })
})

test('what one process does not tell leaves the others', () => {
  const transfersOf = (pid: number) => (pid === 1 ? { readBytes: 5, writtenBytes: 6 } : undefined)
  expect(new Meter().look([at(1), at(2)], transfersOf)).toMatchObject({ readBytes: 5, writtenBytes: 6 })
})

test('this very process is measured', () => {
  const usage = new Meter().look([readProcess(process.pid)!])
  expect(usage.readBytes).toBeGreaterThan(1000)
  expect(usage.threads).toBeGreaterThan(1)
})
