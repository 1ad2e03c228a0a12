import { expect, test } from 'vitest'
import { tokenOf } from '../../../../src/dialect/accelerator/guard.ts'

test.each(['Bearer:T.o.k', 'Bearer: T.o.k', 'Bearer T.o.k', 'bEARER\t:\tT.o.k '])('%j carries the token', (header) => {
  expect(tokenOf(header)).toBe('T.o.k')
})

test.each([undefined, '', 'Bearer', 'Bearer:', 'Bearer  : ', 'BearerT', 'Basic T', 'T', ':T'])(
  '%j carries none',
  (header) => {
    expect(() => tokenOf(header)).toThrow(/sign in first|the header Authorization is not "Bearer TOKEN"/)
  },
)

test('a header of blanks is judged in no time', () => {
  const began = performance.now()
  expect(() => tokenOf(`Bearer${' '.repeat(1_000_000)}`)).toThrow()
  expect(performance.now() - began).toBeLessThan(1_000)
})
