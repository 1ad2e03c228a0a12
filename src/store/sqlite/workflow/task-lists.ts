/** Tasks of all runs, read on the thread of heavy reads. */

import { sql } from 'kysely'
import { TASK_STATES, type TaskState } from '../../../workflow/task.ts'
import type { TaskCounts, TaskListing, WorkflowStore } from '../../workflow-store.ts'
import { compiled, direction, type Statement } from '../query.ts'
import type { Reader } from '../reader.ts'
import { TASK_NAMES, taskOfValues } from './task-row.ts'

const COUNTS: Statement = { text: 'select state, size from workflow_task_count', values: [] }

export function createTaskLists(reader: Reader): Pick<WorkflowStore, 'allTasks' | 'taskCounts'> {
  const taskCounts = async () => {
    const found = Object.fromEntries(await reader.rows(COUNTS)) as TaskCounts
    return Object.fromEntries(TASK_STATES.map((state) => [state, found[state] ?? 0])) as TaskCounts
  }
  return {
    taskCounts,
    async allTasks(listing) {
      const counts = await taskCounts()
      const count = (listing.states ?? TASK_STATES).reduce((sum, state) => sum + counts[state], 0)
      const nearer = fromNearerEnd(listing, count)
      const tasks = (await reader.rows(compileList(nearer))).map(taskOfValues)
      return nearer.descending === listing.descending ? tasks : tasks.reverse()
    },
  }
}

/** What is skipped is walked over, so the last page is read from behind. */
function fromNearerEnd(listing: TaskListing, count: number): TaskListing {
  const { offset, limit, descending } = listing
  const left = count - offset - limit
  if (left >= offset || offset >= count) return listing
  return { ...listing, descending: !descending, offset: Math.max(0, left), limit: Math.min(limit, count - offset) }
}

/** The ids of the page come first, from an index that holds nothing else. */
function compileList({ states, descending, offset, limit }: TaskListing): Statement {
  const order = direction(descending)
  const ids = states
    ? sql`select id from (${sql.join(
        states.map((state) => idsIn(state, descending, offset + limit)),
        sql` union all `,
      )})`
    : sql`select id from workflow_task`
  return compiled(sql`select ${sql.raw(TASK_NAMES.join(', '))} from workflow_task where id in
    (${ids} order by id ${order} limit ${limit} offset ${offset}) order by id ${order}`)
}

/** Each state has its own order in the index, so no more of one is read than the page could hold. */
function idsIn(state: TaskState, descending: boolean, limit: number) {
  return sql`select id from (select id from workflow_task where state = ${state}
    order by id ${direction(descending)} limit ${limit})`
}
