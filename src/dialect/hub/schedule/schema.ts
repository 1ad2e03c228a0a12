/** The routes about schedules, described. */

import { bodyLike, example, noAnswer } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'schedules'
const ID = { id: 'The number of the schedule.' }
const WANTED = {
  name: 'nightly',
  workflow: 'site_sync',
  site: 'dfoster1',
  paths: ['/mmfs1/data/projects'],
  discovery: 'snapdiff',
  fields: { destinationsite: 'dfoster2' },
  cron: '30 2 * * *',
  time_zone: 'Europe/London',
  enabled: true,
}
const SHOWN = {
  url: 'http://localhost:8000/api/schedules/1/',
  id: 1,
  queue: 'default',
  ...WANTED,
  minute: '30',
  hour: '2',
  day_of_month: '*',
  month_of_year: '*',
  day_of_week: '*',
  owner: 'admin',
  created: '2026-11-21T09:00:00.000000Z',
  last_run: null,
}
const ABOUT =
  "When, as five fields of cron in `cron`, or each under its own name; `*` where nothing is said. Without `discovery`, or with null, it is the workflow's own."
const BODY = bodyLike('A schedule.', WANTED, {
  name: 'hourly',
  workflow: 'migrate',
  site: 'dfoster1',
  path: '/mmfs1/data/cold',
  minute: '0',
})

export const schedulesSchema = describe({
  tag,
  id: 'listSchedules',
  summary: 'Schedule List',
  query: { site: 'Only of this site.', workflow: 'Only of this workflow.', ...PAGING },
  answers: { 200: pageOf('All of them.', SHOWN) },
  refusals: [404],
})

export const createScheduleSchema = describe({
  tag,
  id: 'createSchedule',
  summary: 'Make a schedule',
  about: ABOUT,
  body: BODY,
  answers: { 201: example('The schedule.', SHOWN) },
  refusals: [403],
})

export const scheduleSchema = describe({
  tag,
  id: 'getSchedule',
  summary: 'Schedule Instance',
  path: ID,
  answers: { 200: example('The schedule.', SHOWN) },
  refusals: [404],
})

export const replaceScheduleSchema = describe({
  tag,
  id: 'replaceSchedule',
  summary: 'Replace a schedule',
  about: ABOUT,
  path: ID,
  body: BODY,
  answers: { 200: example('The schedule.', SHOWN) },
  refusals: [403, 404],
})

export const patchScheduleSchema = describe({
  tag,
  id: 'changeSchedule',
  summary: 'Change keys of a schedule',
  path: ID,
  body: bodyLike('The keys that change.', { enabled: false }),
  answers: { 200: example('The schedule.', { ...SHOWN, enabled: false }) },
  refusals: [403, 404],
})

export const removeScheduleSchema = describe({
  tag,
  id: 'removeSchedule',
  summary: 'Remove a schedule',
  path: ID,
  answers: { 204: noAnswer('It is removed.') },
  refusals: [403, 404],
})
