/** Jobs: submitted, listed, looked at, cancelled, paused, resumed, submitted again (spec/hub.md 2.6, 4.9). */

import { isDomainError } from '../../../base/errors.ts'
import type { RunFilter, Workflows } from '../../../engine/workflow/workflows.ts'
import { choice } from '../body/field.ts'
import { readFields } from '../body/fields.ts'
import { linksOf } from '../manners/address.ts'
import { send, sendCreated } from '../manners/answer.ts'
import { envelope, inPages, pageOf } from '../manners/paging.ts'
import { withDetail } from '../manners/refused.ts'
import { readId } from '../number.ts'
import { choicesOf } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import { showTask } from '../task/show.ts'
import { actionTowards, type RunAction, readTaskState, readWorkflowName, showState, WANTED_STATES } from '../words.ts'
import { readFilter, readOrder } from './filter.ts'
import { actionSchema, jobSchema, jobsSchema, jobTasksSchema, patchJobSchema, submitSchema } from './schema.ts'
import { showJob, showListedJob, showStats, taskCount } from './show.ts'
import { readSubmission, SUBMISSION } from './submit.ts'

const model = 'Job'
const WANTED = {
  state: choice(WANTED_STATES, (word) => WANTED_STATES.find((state) => state === word.toUpperCase())),
}

export function jobRoutes(workflows: Workflows): Route[] {
  return [
    {
      method: 'POST',
      path: '/file/workflow/',
      schema: submitSchema,
      fields: SUBMISSION,
      async handle(request, reply) {
        const run = await workflows.submit(request.caller, await readSubmission(request, workflows))
        return sendCreated(reply, showJob(run, linksOf(request)))
      },
    },
    {
      method: 'GET',
      path: '/jobs/',
      schema: jobsSchema,
      handle: async (request, reply) => send(reply, await listJobs(workflows, request)),
    },
    {
      method: 'GET',
      path: '/jobs/:id/',
      schema: jobSchema,
      model,
      async handle(request, reply) {
        const run = await workflows.run(request.caller, readId(request.params.id, model))
        return send(reply, showJob(run, linksOf(request)))
      },
    },
    {
      method: 'PATCH',
      path: '/jobs/:id/',
      schema: patchJobSchema,
      fields: WANTED,
      model,
      handle: (request, reply) => control(workflows, actionTowards(readFields(request, WANTED).state))(request, reply),
    },
    {
      method: 'GET',
      path: '/jobs/:id/tasks/',
      schema: jobTasksSchema,
      model,
      handle: async (request, reply) =>
        send(reply, await listTasks(workflows, request, readId(request.params.id, model))),
    },
    ...(['cancel', 'pause', 'resume'] as const).map(
      (action): Route => ({
        method: 'POST',
        path: `/jobs/:id/${action}/`,
        schema: actionSchema(action),
        model,
        handle: control(workflows, action),
      }),
    ),
    {
      method: 'POST',
      path: '/jobs/:id/resubmit/',
      schema: actionSchema('resubmit'),
      model,
      async handle(request, reply) {
        const run = await workflows.resubmit(request.caller, readId(request.params.id, model))
        return sendCreated(reply, showJob(run, linksOf(request)))
      },
    },
  ]
}

async function listJobs(workflows: Workflows, request: Asked): Promise<object> {
  const { caller, query } = request
  const filter = await withMeantNames(workflows, readFilter(query))
  const stats = await workflows.stats(caller, filter)
  const page = pageOf(query, stats.count)
  const { offset, size: limit } = page
  const runs = await workflows.runs(caller, { filter, order: readOrder(query), offset, limit })
  const links = linksOf(request)
  const shown = runs.map((run) => showListedJob(run, links))
  return { ...envelope(request, { count: stats.count, page }, shown), stats: showStats(stats) }
}

/** The words of the pages made names of workflows. */
async function withMeantNames(workflows: Workflows, filter: RunFilter): Promise<RunFilter> {
  if (!filter.workflows) return filter
  const known = (await workflows.list()).map(({ name }) => name)
  return { ...filter, workflows: filter.workflows.map((word) => readWorkflowName(word, known)) }
}

/** Of one job, oldest first. */
export async function listTasks(workflows: Workflows, request: Asked, id: number): Promise<object> {
  const { caller, query } = request
  const states = choicesOf(query, 'state', readTaskState)
  const { totals } = await workflows.run(caller, id)
  const count =
    states.length === 0
      ? taskCount(totals.tasks)
      : new Set(states).values().reduce((sum, state) => sum + totals.tasks[state], 0)
  const links = linksOf(request)
  return inPages(request, count, async ({ offset, size: limit }) => {
    const tasks = await workflows.tasks(caller, id, { ...(states.length > 0 && { states }), offset, limit })
    return tasks.map((task) => showTask(task, links, workflows.nodeName()))
  })
}

function control(workflows: Workflows, action: RunAction): Route['handle'] {
  return async (request, reply) => {
    const id = readId(request.params.id, model)
    try {
      const run = await workflows.control(request.caller, id, action)
      return send(reply, showJob(run, linksOf(request)))
    } catch (error) {
      if (!isDomainError(error, 'conflict')) throw error
      const { state } = await workflows.run(request.caller, id)
      throw withDetail(400, `Cannot ${action} a job in state ${showState(state)}.`)
    }
  }
}
