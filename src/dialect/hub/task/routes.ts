/** Tasks: the steps of jobs over batches of paths, and what became of each path (spec/hub.md 4.9). */

import type { Workflows } from '../../../engine/workflow/workflows.ts'
import { listTasks } from '../job/routes.ts'
import { taskCount } from '../job/show.ts'
import { linksOf } from '../manners/address.ts'
import { send } from '../manners/answer.ts'
import { inPages } from '../manners/paging.ts'
import { readId } from '../number.ts'
import { choicesOf, numbersOf } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import { readTaskState } from '../words.ts'
import { pathsSchema, taskSchema, tasksSchema } from './schema.ts'
import { showPaths, showTask } from './show.ts'

const model = 'Task'
/** A batch has no more; a job without discovery may have been given more, whose rest stands on further pages. */
const MOST_SHOWN = 1000

export function taskRoutes(workflows: Workflows): Route[] {
  return [
    {
      method: 'GET',
      path: '/tasks/',
      schema: tasksSchema,
      async handle(request, reply) {
        const job = numbersOf(request.query, 'job').at(-1)
        const page = job === undefined ? listAll(workflows, request) : listTasks(workflows, request, job)
        return send(reply, await page)
      },
    },
    {
      method: 'GET',
      path: '/tasks/:id/',
      schema: taskSchema,
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const task = await workflows.task(request.caller, id)
        const batch = await workflows.paths(request.caller, id)
        const shown = showTask(task, linksOf(request), workflows.nodeName())
        return send(reply, { ...shown, paths: showPaths(batch, 0, MOST_SHOWN) })
      },
    },
    {
      method: 'GET',
      path: '/tasks/:id/paths/',
      schema: pathsSchema,
      model,
      async handle(request, reply) {
        const batch = await workflows.paths(request.caller, readId(request.params.id, model))
        const page = await inPages(request, batch.entries.length, ({ offset, size }) =>
          showPaths(batch, offset, offset + size),
        )
        return send(reply, page)
      },
    },
  ]
}

/** Of all jobs, the newest first. */
async function listAll(workflows: Workflows, request: Asked): Promise<object> {
  const { caller, query } = request
  const states = [...new Set(choicesOf(query, 'state', readTaskState))]
  const counts = await workflows.taskCounts(caller)
  const count = states.length === 0 ? taskCount(counts) : states.reduce((sum, state) => sum + counts[state], 0)
  const links = linksOf(request)
  return inPages(request, count, async ({ offset, size: limit }) => {
    const wanted = { ...(states.length > 0 && { states }), descending: true, offset, limit }
    return (await workflows.allTasks(caller, wanted)).map((task) => showTask(task, links, workflows.nodeName()))
  })
}
