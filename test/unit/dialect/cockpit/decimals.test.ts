import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimalsText } from '../../../../src/dialect/cockpit/job/decimals.ts'

const text = (...values: number[]) => decimalsText(Float64Array.from(values))

test('numbers have two decimals, and what is none is null', () => {
  expect(text()).toBe('[]')
  expect(text(0, 0.1, 1, 9.999, 10, 123456.789, -0.001, -1.5, -100)).toBe(
    '[0.00,0.10,1.00,10.00,10.00,123456.79,0.00,-1.50,-100.00]',
  )
  expect(text(Number.NaN, Number.POSITIVE_INFINITY, -Infinity)).toBe('[null,null,null]')
  expect(text(1e7, -1e7, 9999999.99, 1e15, 1e19, 1e21, Number.MAX_VALUE)).toBe(
    '[10000000.00,-10000000.00,9999999.99,1000000000000000.00,10000000000000000000.00,1e+21,1.7976931348623157e+308]',
  )
})

test('whatever stands in a curve, it is JSON, and no value is off by more than half a cent', () => {
  fc.assert(
    fc.property(fc.float64Array({ maxLength: 50 }), (values) => {
      const read: (number | null)[] = JSON.parse(decimalsText(values))
      expect(read).toHaveLength(values.length)
      for (const [index, value] of values.entries()) {
        if (!Number.isFinite(value)) expect(read[index]).toBeNull()
        else expect(Math.abs(read[index]! - value)).toBeLessThanOrEqual(0.005 + Math.abs(value) * 1e-15)
      }
    }),
  )
})

test('what has two decimals is written as it is', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999_999, max: 999_999_999 }), (cents) => {
      expect(text(cents / 100)).toBe(`[${(cents / 100).toFixed(2)}]`)
    }),
  )
})
