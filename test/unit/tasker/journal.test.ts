import { appendFileSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { Journal } from '../../../src/tasker/journal.ts'
import { testFolder } from '../../support/folder.ts'

const PROCESS = { pid: 12, startTime: '345', bootId: 'b' }
const facts = { at: 1, exitCode: 0, signal: null, cpuMs: 1, maxRamMb: 2 }

const open = (path: string, log = vi.fn()) => new Journal(path, log)
const newPath = () => join(testFolder(), 'journal')

test('what was written is known to the next one', () => {
  const path = newPath()
  const first = open(path)
  first.add({ kind: 'forker', process: PROCESS })
  for (const jobId of [1, 2, 3]) first.add({ kind: 'intent', jobId, attempt: 1 })
  first.add({ kind: 'started', jobId: 1, attempt: 1, process: PROCESS })
  first.add({ kind: 'end', end: { kind: 'exited', jobId: 2, attempt: 1, facts } })
  first.add({ kind: 'forget', jobId: 3, attempt: 1 })
  expect(first.flush()).toBe(true)
  const second = open(path)
  expect(second.epoch).toBe(first.epoch)
  expect(second.forker).toEqual(PROCESS)
  expect(second.known()).toEqual([
    { jobId: 1, attempt: 1, process: PROCESS },
    { jobId: 2, attempt: 1, end: { kind: 'exited', jobId: 2, attempt: 1, facts } },
  ])
})

test('a last line that was cut short is left out, wherever it was cut', () => {
  const path = newPath()
  const journal = open(path)
  journal.add({ kind: 'intent', jobId: 1, attempt: 1 })
  journal.flush()
  const whole = readFileSync(path, 'utf8')
  const line = '{"kind":"intent","jobId":2,"attempt":1}'
  for (let length = 1; length < line.length; length++) {
    rmSync(path)
    appendFileSync(path, whole + line.slice(0, length))
    const log = vi.fn()
    const next = open(path, log)
    expect(next.known().map(({ jobId }) => jobId)).toEqual([1])
    expect(log).toHaveBeenCalledOnce()
    next.add({ kind: 'intent', jobId: 3, attempt: 1 })
    next.flush()
    expect(
      open(path)
        .known()
        .map(({ jobId }) => jobId),
    ).toEqual([1, 3])
  }
})

test('a lost journal has another epoch', () => {
  const path = newPath()
  const { epoch } = open(path)
  expect(open(path).epoch).toBe(epoch)
  rmSync(path)
  expect(open(path).epoch).not.toBe(epoch)
})

test('it stays small however much passes through it', () => {
  const path = newPath()
  const journal = open(path)
  for (let jobId = 1; jobId <= 30_000; jobId++) {
    journal.add({ kind: 'intent', jobId, attempt: 1 })
    journal.add({ kind: 'end', end: { kind: 'exited', jobId, attempt: 1, facts } })
    if (jobId > 10) journal.add({ kind: 'forget', jobId, attempt: 1 })
    if (jobId % 50 === 0) journal.flush()
  }
  expect(statSync(path).size).toBeLessThan(1.2 * 2 ** 20)
  expect(open(path).known()).toHaveLength(10)
})
