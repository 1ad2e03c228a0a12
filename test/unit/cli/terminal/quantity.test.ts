import { expect, test } from 'vitest'
import { bytesText, numberText, spanText } from '../../../../src/cli/terminal/quantity.ts'

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1.0 KiB'],
  [1234, '1.2 KiB'],
  [102_298, '99.9 KiB'],
  [102_400, '100 KiB'],
  [5e9, '4.7 GiB'],
  [2 ** 70, '1024 EiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

test.each([
  [0, '0:00'],
  [7.4, '0:07'],
  [754, '12:34'],
  [3599.6, '1:00:00'],
  [3723, '1:02:03'],
  [360_000, '100:00:00'],
])('%d seconds are %s', (seconds, text) => {
  expect(spanText(seconds)).toBe(text)
})

test('thousands are set apart', () => {
  expect(numberText(1234567)).toBe('1,234,567')
})
