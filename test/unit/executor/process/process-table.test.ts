import { expect, test } from 'vitest'
import {
  parseStat,
  parseTransfers,
  readEnvironment,
  readProcess,
  readProcesses,
  readTransfers,
} from '../../../../src/executor/resident/process/process-table.ts'

const TIMES = '11 22 33 44'
const line = (name: string) =>
  `321 (${name}) S 100 321 300 0 -1 4194560 1 2 3 4 ${TIMES} 20 0 1 0 98765 1000000 256 18446744073709551615`

test.each(['sleep', 'a b', ') S 1 (', ''])('a process named %j is read', (name) => {
  expect(parseStat(line(name))).toEqual({
    ...{ pid: 321, name, state: 'S', parent: 100, group: 321, session: 300, startTime: '98765' },
    ...{ cpuMs: 1100, ramMb: expect.any(Number), threads: 1 },
  })
})

test('this process is found, with its memory and environment', () => {
  const own = readProcess(process.pid)
  expect(own).toMatchObject({ pid: process.pid, parent: process.ppid })
  expect(own?.ramMb).toBeGreaterThan(10)
  expect(own?.ramMb).toBeLessThan(4000)
  expect(readProcesses().get(process.pid)?.startTime).toBe(own?.startTime)
  expect(readEnvironment(process.pid)).toContain(`PATH=${process.env.PATH}`)
})

test('a process that is not there is undefined, its environment empty', () => {
  expect(readProcess(2 ** 30)).toBeUndefined()
  expect(readEnvironment(2 ** 30)).toEqual([''])
})

test('what a process read and wrote is counted at its calls, not at the disk', () => {
  const recorded = [
    ...['rchar: 6976', 'wchar: 1002121', 'syscr: 10', 'syscw: 3'],
    ...['read_bytes: 4096', 'write_bytes: 8192', 'cancelled_write_bytes: 0', ''],
  ].join('\n')
  expect(parseTransfers(recorded)).toEqual({ readBytes: 6976, writtenBytes: 1_002_121 })
  expect(readTransfers(process.pid)?.readBytes).toBeGreaterThan(1000)
})

test('where that may not be read it is unknown', () => {
  expect(parseTransfers('')).toBeUndefined()
  expect(readTransfers(2 ** 30)).toBeUndefined()
})
