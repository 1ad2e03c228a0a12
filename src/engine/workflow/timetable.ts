/** When a schedule is due next: five fields of cron in a time zone. */

import { Cron } from 'croner'
import type { Instant } from '../../base/clock.ts'
import { DomainError, messageOf } from '../../base/errors.ts'

const FIVE_FIELDS = /^\s*\S+(\s+\S+){4}\s*$/

/** The first time after `after`; undefined where there is none. @throws invalid, about `cron` or `time_zone` */
export function nextTime(cron: string, timeZone: string, after: Instant): Instant | undefined {
  checkTimeZone(timeZone)
  if (!FIVE_FIELDS.test(cron))
    throw refused('cron', `"${cron}" has not the five fields minute, hour, day of month, month, day of week.`)
  try {
    return new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(after))?.getTime()
  } catch (error) {
    throw refused('cron', `"${cron}" cannot be read: ${messageOf(error).replace(/^CronPattern: |\.+$/g, '')}.`)
  }
}

function checkTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
  } catch {
    throw refused('time_zone', `"${timeZone}" is no time zone; write one such as Europe/Zurich or UTC.`)
  }
}

function refused(field: string, message: string): DomainError {
  return new DomainError('invalid', message, { field })
}
