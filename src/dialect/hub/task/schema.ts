/** The routes about tasks, described. */

import { example } from '../../../http/operation.ts'
import { A_TASK } from '../job/example.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'tasks'
const ID = { id: 'The number of the task.' }
const A_PATH = {
  path: '/mmfs1/data/sample_data.tgz',
  type: 'file',
  size: 264321,
  state: 'processed',
  discovered: 'processed',
  message: '',
  moved_bytes: 264321,
}

export const tasksSchema = describe({
  tag,
  id: 'listTasks',
  summary: 'Task List',
  query: { job: 'Only of this job, the oldest first.', state: 'May be repeated.', ...PAGING },
  answers: { 200: pageOf('Of all jobs, the newest first.', A_TASK) },
  refusals: [400, 404],
})

export const taskSchema = describe({
  tag,
  id: 'getTask',
  summary: 'Task Instance',
  about: 'With what became of its first 1,000 paths.',
  path: ID,
  answers: { 200: example('The task.', { ...A_TASK, paths: [A_PATH] }) },
  refusals: [404],
})

export const pathsSchema = describe({
  tag,
  id: 'listTaskPaths',
  summary: 'Paths of a task',
  path: ID,
  query: PAGING,
  answers: { 200: pageOf('In the order of the batch.', A_PATH) },
  refusals: [404],
})
