/** Formatting strings, `@ID:10@ @STATUSNC@` (Accelerator, Formatting Strings). */

import { UsageError } from '../../failure.ts'
import type { Row } from '../job-rows.ts'

const FIELD = /@([A-Za-z][A-Za-z_]*)(?::(-?\d+)[^@]*)?@/g
const WIDEST = 1000

/** The fields that a format asks for, in upper case without underscores, each once. @throws UsageError for a size too large */
export function fieldsIn(format: string): string[] {
  const names = [...format.matchAll(FIELD)].map(([part, name, size]) => {
    if (Math.abs(Number(size ?? 0)) > WIDEST) throw new UsageError(`-O: the size in ${part} is above ${WIDEST}`)
    return canonical(name!)
  })
  if (names.length === 0) throw new UsageError(`-O: "${format}" names no field; write them as @ID@ or @COMMAND:40@`)
  return [...new Set(names)]
}

/** Sizes above 0 pad on the right, below 0 on the left; both cut what is longer. */
export function formatRow(format: string, row: Row): string {
  return format.replace(FIELD, (_, name: string, size: string | undefined) => {
    return sized(String(row[canonical(name)] ?? ''), Number(size ?? 0))
  })
}

function canonical(name: string): string {
  return name.replaceAll('_', '').toUpperCase()
}

function sized(text: string, size: number): string {
  if (size === 0) return text
  const width = Math.abs(size)
  const cut = text.slice(0, width)
  return size > 0 ? cut.padEnd(width) : cut.padStart(width)
}
