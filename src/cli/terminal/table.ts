/** Rows as aligned columns that fit the terminal. */

import Table from 'cli-table3'
import { printable } from './text.ts'

export interface Column {
  heading: string
  /** Numbers read better when they end in one line. */
  right?: boolean
}

export interface TableLook {
  /** Columns of the terminal; undefined lets lines be as long as they are. The last column gives way. */
  width: number | undefined
  /** The cell as it is to appear, with colour codes perhaps; its width must not change. */
  paint?: (text: string, column: Column) => string
}

const GAP = '  '
const NONE = { head: [], border: [], compact: true, 'padding-left': 0, 'padding-right': 0 }
const CHARS = Object.fromEntries(
  ['top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right'].map((name) => [
    name,
    '',
  ]),
)
const INNER = { left: '', 'left-mid': '', mid: '', 'mid-mid': '', right: '', 'right-mid': '', middle: GAP }

export function renderTable(
  columns: readonly Column[],
  rows: readonly (readonly unknown[])[],
  look: TableLook,
): string {
  const cells = rows.map((row) => row.map((cell) => printable(String(cell ?? ''))))
  const table = new Table({
    chars: { ...CHARS, ...INNER },
    style: NONE,
    colAligns: columns.map(({ right }) => (right ? 'right' : 'left')),
    ...lastWidth(columns, cells, look.width),
  })
  table.push(columns.map(({ heading }) => heading))
  const paint = look.paint ?? ((text: string) => text)
  for (const row of cells) table.push(row.map((text, at) => paint(text, columns[at]!)))
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
}

const LEAST_LAST = 10

/** Room for the last column once the others have theirs. */
function lastWidth(columns: readonly Column[], cells: string[][], width: number | undefined) {
  if (width === undefined) return {}
  const last = columns.length - 1
  const others = columns.slice(0, last).map(({ heading }, at) => {
    return cells.reduce((widest, row) => Math.max(widest, row[at]!.length), heading.length)
  })
  const taken = others.reduce((sum, one) => sum + one + GAP.length, 0)
  return { colWidths: [...others, Math.max(LEAST_LAST, width - taken)] }
}
