/** Times on the wire: ISO 8601 in UTC with microseconds (spec/hub.md 2.1). */

import type { Instant } from '../../../base/clock.ts'

/** The end of what a date can be. */
const LAST_MS = 8.64e15

export function showTime(at: Instant): string {
  const inside = Math.trunc(Math.max(-LAST_MS, Math.min(at, LAST_MS)))
  return new Date(inside).toISOString().replace('Z', '000Z')
}

export function showTimeOrNull(at: Instant | null): string | null {
  return at === null ? null : showTime(at)
}

const FORM = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:[.,]\d{1,12})?)?)(Z|[+-]\d\d:?\d\d)?)?$/

/** A date, or a date and a time, without a zone in UTC; undefined for what is neither. */
export function readTime(text: string): Instant | undefined {
  const [, date, time = '00:00', zone = 'Z'] = FORM.exec(text.trim()) ?? []
  if (date === undefined || !isDay(date)) return undefined
  const at = Date.parse(`${date}T${time.replace(',', '.')}${zone.replace(/(\d\d)(\d\d)$/, '$1:$2')}`)
  return Number.isNaN(at) ? undefined : at
}

/** `Date` takes the 30th of February for the 2nd of March. */
function isDay(date: string): boolean {
  const at = Date.parse(date)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date)
}
