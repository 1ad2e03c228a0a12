import { expect, test } from 'vitest'
import { forkFrame, reportReader, signalFrame } from '../../../../src/tasker/fork/fork-frame.ts'

test('an order is a length, a letter, five numbers and texts that end with NUL', () => {
  const frame = forkFrame({
    ...{ slot: 3, nice: -5, umask: 0o22, argv: ['é', ''], env: ['A=1'] },
    ...{ account: null, rundir: '/r', logfile: null },
  })
  expect(frame.readUInt32LE(0)).toBe(frame.length - 4)
  expect(frame.toString('latin1', 4, 5)).toBe('F')
  expect([0, 1, 2, 3, 4].map((index) => frame.readInt32LE(5 + 4 * index))).toEqual([3, -5, 18, 2, 1])
  expect(frame.toString('utf8', 25)).toBe('\0/r\0\0é\0\0A=1\0')
})

test('a signal is a length, a letter and three numbers', () => {
  expect([...signalFrame(1, 15, 2)]).toEqual([13, 0, 0, 0, 75, 1, 0, 0, 0, 15, 0, 0, 0, 2, 0, 0, 0])
})

test('reports are read whole, however they arrive', () => {
  const bytes = Buffer.from('S 1 200 300\nE 1 0 0 5 6 0 0\nK 7 3\n')
  for (let cut = 0; cut <= bytes.length; cut++) {
    const read = reportReader()
    expect([...read(bytes.subarray(0, cut)), ...read(bytes.subarray(cut))]).toEqual([
      { letter: 'S', numbers: [1, 200, 300] },
      { letter: 'E', numbers: [1, 0, 0, 5, 6, 0, 0] },
      { letter: 'K', numbers: [7, 3] },
    ])
  }
})
