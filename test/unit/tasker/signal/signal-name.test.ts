import { expect, test } from 'vitest'
import { readSignal, signalName, signalNumber } from '../../../../src/tasker/signal/signal-name.ts'

test.each(['TERM', 'SIGTERM', 'term', ' sigterm '])('%j is SIGTERM', (text) => {
  expect(readSignal(text)).toBe('SIGTERM')
})

test.each(['', 'SIG', '15', 'TERM KILL', 'constructor', '__proto__'])(
  '%j is refused, with those that are known',
  (text) => {
    expect(() => readSignal(text)).toThrow(/unknown signal .*; known are HUP, INT, .*USR1/)
  },
)

test('numbers and names go both ways', () => {
  expect(signalNumber('SIGKILL')).toBe(9)
  expect([6, 9, 15, 29, 40].map(signalName)).toEqual(['SIGABRT', 'SIGKILL', 'SIGTERM', 'SIGIO', 'SIG40'])
})
