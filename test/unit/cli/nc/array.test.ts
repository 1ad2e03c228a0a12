import { expect, test } from 'vitest'
import { fillIn, readIndexes } from '../../../../src/cli/nc/submit/array.ts'

test('a number counts from one, a range from its start, by its step', () => {
  expect(readIndexes('3')).toEqual([1, 2, 3])
  expect(readIndexes('10-12')).toEqual([10, 11, 12])
  expect(readIndexes('10-50:20')).toEqual([10, 30, 50])
  expect(readIndexes('0-0')).toEqual([0])
})

test.each(['', '0', 'x', '5-3', '1-5:0', '-3', '1-2-3', '99999999'])('"%s" is no range', (text) => {
  expect(() => readIndexes(text)).toThrow(/-array/)
})

test('the index is filled in wherever text says so', () => {
  const place = { index: 7, arrayId: 'A' }
  expect(fillIn('run @INDEX@ of @ARRAYID@ @INDEX@', place)).toBe('run 7 of A 7')
  expect(fillIn(['out.@INDEX@'], place)).toEqual(['out.7'])
  expect(fillIn(4, place)).toBe(4)
})

test('the id of a job is not known before it is submitted', () => {
  expect(() => fillIn('x @JOBID@', { index: 1, arrayId: 'A' })).toThrow('$VOV_JOBID')
})
