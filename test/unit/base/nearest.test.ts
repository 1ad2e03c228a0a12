import { expect, test } from 'vitest'
import { nearestOf } from '../../../src/base/nearest.ts'

const KNOWN = ['command', 'logfile', 'priority,sched', 'priority,exec', 'autokill']

test.each([
  ['prioritysched', 'priority,sched'],
  ['comand', 'command'],
  ['LOGFIEL', 'logfile'],
  ['auto_kill', 'autokill'],
  ['prio', 'priority,sched'],
])('%s was probably meant as %s', (word, meant) => {
  expect(nearestOf(word, KNOWN)).toBe(meant)
})

test.each(['', 'zzz', 'x'.repeat(100_000)])('nothing is guessed where nothing is near', (word) => {
  expect(nearestOf(word, KNOWN)).toBeUndefined()
})
