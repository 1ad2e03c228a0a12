import { expect, test } from 'vitest'
import { fieldsIn, formatRow } from '../../../../src/cli/nc/show/format-string.ts'

const ROW = { ID: '000001138', STATUSNC: 'Running' }

test.each([
  ['@ID:10@|', '000001138 |'],
  ['@ID:-10@|', ' 000001138|'],
  ['@ID:4@|', '0000|'],
  ['@ID:0@', '000001138'],
  ['@id@ @I_D@', '000001138 000001138'],
  ['@ID:10xyz@|', '000001138 |'],
  ['mail a@b.c @STATUSNC@', 'mail a@b.c Running'],
])('%s', (format, line) => {
  expect(formatRow(format, ROW)).toBe(line)
})

test('each field is asked for once', () => {
  expect(fieldsIn('@ID:10@ @status_nc@ @I_D@')).toEqual(['ID', 'STATUSNC'])
})

test('a format without a field, or with a size above 1000, is refused', () => {
  expect(() => fieldsIn('hello')).toThrow('names no field')
  expect(() => fieldsIn('@ID:1001@')).toThrow('above 1000')
})
