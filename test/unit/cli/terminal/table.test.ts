import { expect, test } from 'vitest'
import { renderTable } from '../../../../src/cli/terminal/table.ts'
import { localTime, printable } from '../../../../src/cli/terminal/text.ts'

const COLUMNS = [{ heading: 'ID' }, { heading: 'AGE', right: true }, { heading: 'COMMAND' }]

test('columns are aligned, with nothing after the last', () => {
  const rows = [
    ['000001138', '5s', 'sleep 5'],
    ['7', '12m03s', ''],
  ]
  expect(renderTable(COLUMNS, rows, { width: undefined })).toBe(
    ['ID            AGE  COMMAND', '000001138      5s  sleep 5', '7          12m03s'].join('\n'),
  )
})

test('the last column gives way to the width of the terminal', () => {
  const table = renderTable(COLUMNS, [['000001138', '5s', 'x'.repeat(200)]], { width: 40 })
  for (const line of table.split('\n')) expect(line.length).toBeLessThanOrEqual(40)
  expect(table).toContain('…')
})

test('nothing in a cell can steer the terminal', () => {
  expect(renderTable([{ heading: 'C' }], [['\u001b[31mred\u0007\nnext']], { width: undefined })).toBe(
    'C\n\\x1b[31mred\\x07\\nnext',
  )
  expect(printable('a\tb\u009b')).toBe('a\\tb\\x9b')
})

test('times are shown in the zone of the reader, and none as nothing', () => {
  expect(localTime(new Date(2026, 2, 24, 13, 26, 28).getTime() / 1000)).toBe('2026-03-24 13:26:28')
  expect(localTime(0)).toBe('')
})
