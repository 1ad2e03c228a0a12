/** The paths of a job that failed, with what went wrong, read task by task. */

import type { Hub } from './hub.ts'
import type { HubTask, TaskPath } from './job.ts'

export interface Failure {
  task: number
  /** Where it failed: of a job over several sites not always where the path is. */
  site: string
  /** '' for a task that failed as a whole. */
  path: string
  message: string
}

const UNHAPPY = ['ERROR', 'FAILURE']

export async function* failuresOf(id: number, hub: Hub): AsyncGenerator<Failure> {
  for await (const task of hub.rows<HubTask>(`jobs/${id}/tasks/`, { state: UNHAPPY })) {
    const { site } = task
    if (task.message) yield { task: task.id, site, path: '', message: `${task.name}: ${task.message}` }
    if (!task.stats.failed) continue
    for await (const { path, state, message } of pathsOf(task, hub)) {
      if (state === 'failed') yield { task: task.id, site, path, message }
    }
  }
}

/** A task's own page has them at once, unless it was given more than a batch. */
async function* pathsOf({ id, path_count }: HubTask, hub: Hub): AsyncGenerator<TaskPath> {
  const { paths = [] } = await hub.call<HubTask>({ method: 'GET', path: `tasks/${id}/` })
  if (paths.length < path_count) yield* hub.rows<TaskPath>(`tasks/${id}/paths/`)
  else yield* paths
}
