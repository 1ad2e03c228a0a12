/** Tasks: the steps of jobs over batches of paths, and what became of each path (spec/hub.md 4.9). */

import type { Workflows } from '../../../engine/workflow/workflows.ts'
import { listTasks } from '../job/routes.ts'
import { linksOf } from '../manners/address.ts'
import { send } from '../manners/answer.ts'
import { inPages } from '../manners/paging.ts'
import { withField } from '../manners/refused.ts'
import { readId } from '../number.ts'
import { integersOf } from '../query.ts'
import type { Route } from '../route.ts'
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
        const [job] = integersOf(request.query, 'job')
        if (job === undefined) throw withField('job', 'This field is required.')
        return send(reply, await listTasks(workflows, request, job))
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
        return send(reply, { ...showTask(task, linksOf(request)), paths: showPaths(batch, 0, MOST_SHOWN) })
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
