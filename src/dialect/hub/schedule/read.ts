/** A schedule as a client sends it, read (spec/hub.md 4.7). */

import type { Schedule } from '../../../engine/workflow/workflows.ts'
import { DISCOVERIES } from '../../../workflow/workflow.ts'
import { choice, flag, list, nullable, optional, text } from '../body/field.ts'
import { type Read, readFields, readSome } from '../body/fields.ts'
import { fieldValues, withoutNulls } from '../job/submit.ts'
import { Refused } from '../manners/refused.ts'
import type { Asked } from '../route.ts'
import { CRON_PARTS, cronWith } from './cron.ts'

export type Wanted = Omit<Schedule, 'id' | 'owner' | 'createdAt' | 'lastRunAt'>

const EVERY_MINUTE = '* * * * *'
const path = text({ maxLength: 4096, isExact: true })
const part = optional(text({ maxLength: 100 }))

export const SCHEDULE = {
  name: text({ maxLength: 100 }),
  workflow: text({ maxLength: 100 }),
  site: text({ maxLength: 100 }),
  queue: optional(nullable(text({ maxLength: 100, mayBeBlank: true }))),
  path: optional(path),
  paths: optional(list(path)),
  discovery: optional(nullable(choice(DISCOVERIES))),
  fields: optional(nullable(fieldValues)),
  cron: optional(text({ maxLength: 500 })),
  minute: part,
  hour: part,
  day_of_month: part,
  month_of_year: part,
  day_of_week: part,
  time_zone: optional(text({ maxLength: 100 })),
  enabled: optional(flag),
}

type Given = Partial<Read<typeof SCHEDULE>>

/** @throws Refused with 415, 400 */
export function readSchedule(request: Asked): Wanted {
  const given = readFields(request, SCHEDULE)
  const paths = pathsIn(given)
  if (!paths) throw new Refused(400, { paths: ['This field is required.'] })
  return {
    name: given.name,
    workflow: given.workflow,
    site: given.site,
    queue: given.queue ?? '',
    paths,
    fields: withoutNulls(given.fields ?? {}),
    discovery: given.discovery ?? null,
    cron: cronIn(given, EVERY_MINUTE),
    timeZone: given.time_zone ?? 'UTC',
    enabled: given.enabled ?? true,
  }
}

/** What there is with the keys that were sent put in. @throws Refused with 415, 400 */
export function readChanges(request: Asked, before: Schedule): Schedule {
  const given = readSome(request, SCHEDULE)
  const { name, workflow, site, discovery, enabled } = { ...before, ...given }
  return {
    ...before,
    name,
    workflow,
    site,
    discovery,
    enabled,
    queue: given.queue === undefined ? before.queue : (given.queue ?? ''),
    paths: pathsIn(given) ?? before.paths,
    fields: given.fields === undefined ? before.fields : withoutNulls(given.fields ?? {}),
    cron: cronIn(given, before.cron),
    timeZone: given.time_zone ?? before.timeZone,
  }
}

function pathsIn({ path: one, paths }: Given): string[] | undefined {
  return paths ?? (one === undefined ? undefined : [one])
}

function cronIn(given: Given, before: string): string {
  const parts = Object.fromEntries(CRON_PARTS.map((name) => [name, given[name]]))
  const isByPart = CRON_PARTS.some((name) => given[name] !== undefined)
  if (given.cron !== undefined && !isByPart) return given.cron
  return cronWith(given.cron ?? before, parts)
}
