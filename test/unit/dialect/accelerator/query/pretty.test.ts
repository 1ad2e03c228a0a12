import { expect, test } from 'vitest'
import { showDuration, showTime } from '../../../../../src/dialect/accelerator/query/pretty.ts'

test.each([
  [0, '0s'],
  [31, '31s'],
  [73, '1m13s'],
  [3599, '59m59s'],
  [7500, '2h05m'],
  [3 * 86_400 + 4 * 3600, '3d04h'],
  [12 * 86_400 + 20 * 3600 + 59, '12d20h'],
  [-1, ''],
])('%j seconds are shown as %j', (seconds, text) => {
  expect(showDuration(seconds)).toBe(text)
})

test('a time is shown in UTC, and never as nothing', () => {
  expect(showTime(1_173_942_608)).toBe('2007-03-15T07:10:08Z')
  expect(showTime(0)).toBe('')
})
