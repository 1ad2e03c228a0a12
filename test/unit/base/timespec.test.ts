import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DomainError } from '../../../src/base/errors.ts'
import { parseTimespec } from '../../../src/base/timespec.ts'

test.each([
  [60, 60_000],
  ['60', 60_000],
  ['1m', 60_000],
  ['2h30m', 9_000_000],
  ['12d20h', 1_108_800_000],
  [' 2W ', 1_209_600_000],
  [0, 0],
])('%j is %d milliseconds', (value, milliseconds) => {
  expect(parseTimespec(value, 'autokill')).toBe(milliseconds)
})

test.each([-1, 1.5, Number.NaN, '', 'soon', '1y', '1.5h', '-1', '1m 2', '99999999999w', 'm'])(
  '%j is refused by a sentence that names the key',
  (value) => {
    expect(() => parseTimespec(value, 'autokill')).toThrow(/^autokill must be whole seconds or a time such as/)
  },
)

test('whatever is written, the answer is milliseconds or a refusal', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double()), (value) => {
      try {
        expect(Number.isSafeInteger(parseTimespec(value, 'x'))).toBe(true)
      } catch (error) {
        expect(error).toBeInstanceOf(DomainError)
      }
    }),
  )
})
