/** Spans of time as people write them: `90`, `90s`, `1m`, `2h30m`, `12d20h` (Accelerator, TIMESPEC: s m h d w). */

import { DomainError } from './errors.ts'

const SECONDS_IN: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 }
const LONGEST_SECONDS = 100 * 365 * 86_400

/** Milliseconds of a whole number of seconds or of a text; `what` names the value in the complaint. @throws invalid */
export function parseTimespec(value: number | string, what: string): number {
  const seconds = typeof value === 'number' ? value : secondsOf(value.trim().toLowerCase())
  if (Number.isInteger(seconds) && seconds >= 0 && seconds <= LONGEST_SECONDS) return seconds * 1000
  throw new DomainError(
    'invalid',
    `${what} must be whole seconds or a time such as "90s", "1m" or "2h30m", at most a hundred years`,
  )
}

function secondsOf(text: string): number {
  if (/^\d{1,12}$/.test(text)) return Number(text)
  if (!/^(\d{1,12}[smhdw]){1,9}$/.test(text)) return Number.NaN
  const parts = text.match(/\d+[smhdw]/g) ?? []
  return parts.reduce((sum, part) => sum + Number.parseInt(part, 10) * SECONDS_IN[part.at(-1)!]!, 0)
}
