import { expect, test } from 'vitest'
import type { Process } from '../../../../src/executor/resident/process/process-table.ts'
import { markIn, ownersOf } from '../../../../src/tasker/process/process-tree.ts'

const at = (pid: number, parent: number, changes: Partial<Process> = {}): [number, Process] => [
  pid,
  {
    ...{ pid, parent, group: pid, session: pid, name: 'x', state: 'S' },
    ...{ startTime: String(pid), cpuMs: 0, ramMb: 0, threads: 1, ...changes },
  },
]

const mains = new Map([[100, '7.1']])
const none = () => undefined

test('children belong to a job, and what is in its group or session, but not its neighbours', () => {
  const table = new Map([
    at(1, 0),
    at(50, 1),
    at(100, 50),
    at(101, 100),
    at(102, 101),
    at(103, 1, { group: 100 }),
    at(104, 1, { session: 100 }),
    at(105, 104),
    at(200, 50),
    at(201, 200),
  ])
  const owners = ownersOf(table, { mains, markOf: none })
  expect([...owners.keys()].sort()).toEqual([100, 101, 102, 103, 104, 105])
})

test('a process that left all of that is found by its mark, and its children with it', () => {
  const table = new Map([at(1, 0), at(100, 1), at(300, 1), at(301, 300), at(302, 1)])
  const owners = ownersOf(table, { mains, markOf: ({ pid }) => (pid === 300 ? '7.1' : undefined) })
  expect([...owners]).toEqual(
    expect.arrayContaining([
      [100, '7.1'],
      [300, '7.1'],
      [301, '7.1'],
    ]),
  )
  expect(owners.has(302)).toBe(false)
})

test('parents that go round in a ring are no trouble', () => {
  const table = new Map([at(10, 12), at(11, 10), at(12, 11), at(13, 13)])
  expect(ownersOf(table, { mains, markOf: none }).size).toBe(0)
})

test('a mark counts only with the epoch of the same tasker', () => {
  const [, own] = at(process.pid, 1)
  expect(markIn('some epoch')(own)).toBeUndefined()
})
