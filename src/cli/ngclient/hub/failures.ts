/** The paths of a job that failed, with what went wrong, read task by task. */

import type { Hub } from './hub.ts'
import type { HubTask } from './job.ts'

export interface Failure {
  task: number
  /** '' for a task that failed as a whole. */
  path: string
  message: string
}

const UNHAPPY = ['ERROR', 'FAILURE']

export async function* failuresOf(id: number, hub: Hub): AsyncGenerator<Failure> {
  for await (const task of hub.rows<HubTask>(`jobs/${id}/tasks/`, { state: UNHAPPY })) {
    if (!UNHAPPY.includes(task.state)) continue
    if (task.message) yield { task: task.id, path: '', message: `${task.name}: ${task.message}` }
    for (const { path, state, message } of await pathsOf(task, hub)) {
      if (state === 'failed') yield { task: task.id, path, message }
    }
  }
}

/** A list may leave the paths to the task's own page. */
async function pathsOf(task: HubTask, hub: Hub): Promise<NonNullable<HubTask['paths']>> {
  if (task.paths) return task.paths
  return (await hub.call<HubTask>({ method: 'GET', path: `tasks/${task.id}/` })).paths ?? []
}
