/** Schedules: workflows that are submitted by the clock (spec/hub.md 4.7). */

import type { Schedule, Workflows } from '../../../engine/workflow/workflows.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send, sendCreated, sendNothing } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { showTime, showTimeOrNull } from '../manners/time.ts'
import { readId } from '../number.ts'
import { wordsOf } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import { partsOf } from './cron.ts'
import { readChanges, readSchedule, SCHEDULE } from './read.ts'
import {
  createScheduleSchema,
  patchScheduleSchema,
  removeScheduleSchema,
  replaceScheduleSchema,
  scheduleSchema,
  schedulesSchema,
} from './schema.ts'

const model = 'Schedule'

/** Under both names that versions have for them. */
export function scheduleRoutes(workflows: Workflows): Route[] {
  const rows = rowsOf(workflows)
  const older = rows.map((row) => ({
    ...row,
    path: row.path.replace('/schedules/', '/scheduledworkflows/'),
    schema: { ...row.schema, hide: true },
  }))
  return [...rows, ...older]
}

function rowsOf(workflows: Workflows): Route[] {
  const path = '/schedules/:id/'
  return [
    {
      method: 'GET',
      path: '/schedules/',
      schema: schedulesSchema,
      async handle(request, reply) {
        const [sites, named] = [wordsOf(request.query, 'site'), wordsOf(request.query, 'workflow')]
        const found = (await workflows.schedules()).filter(
          ({ site, workflow }) =>
            (sites.length === 0 || sites.includes(site)) && (named.length === 0 || named.includes(workflow)),
        )
        const links = linksOf(request)
        return send(reply, await inMemoryPages(request, found, (schedule) => showSchedule(schedule, links)))
      },
    },
    {
      method: 'POST',
      path: '/schedules/',
      schema: createScheduleSchema,
      fields: SCHEDULE,
      async handle(request, reply) {
        const made = await workflows.createSchedule(request.caller, readSchedule(request))
        return sendCreated(reply, showSchedule(made, linksOf(request)))
      },
    },
    {
      method: 'GET',
      path,
      schema: scheduleSchema,
      model,
      handle: async (request, reply) => send(reply, showSchedule(await find(workflows, request), linksOf(request))),
    },
    ...(['PUT', 'PATCH'] as const).map((method): Route => changeRow(workflows, method, path)),
    {
      method: 'DELETE',
      path,
      schema: removeScheduleSchema,
      model,
      async handle({ caller, params }, reply) {
        await workflows.removeSchedule(caller, readId(params.id, model))
        return sendNothing(reply)
      },
    },
  ]
}

function changeRow(workflows: Workflows, method: 'PUT' | 'PATCH', path: string): Route {
  return {
    method,
    path,
    schema: method === 'PUT' ? replaceScheduleSchema : patchScheduleSchema,
    fields: SCHEDULE,
    model,
    async handle(request, reply) {
      const before = await find(workflows, request)
      const wanted = method === 'PUT' ? { ...before, ...readSchedule(request) } : readChanges(request, before)
      return send(reply, showSchedule(await workflows.changeSchedule(request.caller, wanted), linksOf(request)))
    },
  }
}

async function find(workflows: Workflows, { params }: Asked): Promise<Schedule> {
  const id = readId(params.id, model)
  const schedule = (await workflows.schedules()).find((each) => each.id === id)
  if (!schedule) throw notFound(model)
  return schedule
}

function showSchedule(schedule: Schedule, links: LinkTo) {
  const { id, cron } = schedule
  return {
    url: links(`/schedules/${id}/`),
    id,
    name: schedule.name,
    workflow: schedule.workflow,
    site: schedule.site,
    queue: schedule.queue || 'default',
    paths: schedule.paths,
    discovery: schedule.discovery,
    fields: schedule.fields,
    cron,
    ...partsOf(cron),
    time_zone: schedule.timeZone,
    enabled: schedule.enabled,
    owner: schedule.owner,
    created: showTime(schedule.createdAt),
    last_run: showTimeOrNull(schedule.lastRunAt),
  }
}
