/** New tasks with their batches, each a statement of its own, so that none grows with a run. */

import type { SqlValue } from '../../rows.ts'
import type { NewTask } from '../../workflow-store.ts'
import type { GroupCommit } from '../group-commit.ts'
import type { Written } from '../writer-message.ts'
import { packEntries } from './packed.ts'
import { TASK_COLUMNS } from './task-row.ts'

const NAMES = TASK_COLUMNS.map(([name]) => name)
/** Where its task is there. */
const INSERT_BATCH = `insert into workflow_batch (task_id, entries)
  select ?, ? where exists (select 1 from workflow_task where id = ?)`

/** Which run they belong to, and whether they are inserted at all, as the database stands in that commit. */
export interface Belonging {
  /** An expression without values. */
  run: string
  condition: string
  values: readonly SqlValue[]
}

/** All asked for in this turn, and so in one commit with what is asked for before and after. */
export function insertTasks(
  commit: GroupCommit,
  tasks: readonly NewTask[],
  { run, condition, values }: Belonging,
): Promise<Written>[] {
  const text = `insert into workflow_task (run_id, ${NAMES.join(', ')})
    select ${run}, ${NAMES.map(() => '?').join(', ')} where ${condition}`
  return tasks.flatMap((task) => [
    commit.write(text, [...TASK_COLUMNS.map(([, value]) => value(task)), ...values]),
    commit.write(INSERT_BATCH, [task.jobId, packEntries(task.entries), task.jobId]),
  ])
}
