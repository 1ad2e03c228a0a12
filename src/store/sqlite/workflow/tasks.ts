/** Tasks and their batches, as they stand. */

import type { SQLInputValue } from 'node:sqlite'
import type { PathEntry } from '../../../workflow/path-entry.ts'
import type { RunId, Task } from '../../../workflow/task.ts'
import type { WorkflowStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import { unpackEntries, unpackOutcomes } from './packed.ts'
import { type TaskRow, taskOf } from './task-row.ts'

const GET = 'select * from workflow_task where id = ?'
const LIST = 'select * from workflow_task where run_id = ? order by id limit ? offset ?'
const LIST_IN = `select * from workflow_task where run_id = ? and state in (select value from json_each(?))
  order by id limit ? offset ?`
const HANDED = `select * from workflow_task where run_id = ? and id > ? and state in ('pending', 'started')
  and handed = 1 order by id limit ?`
const UNHANDED = `select * from workflow_task where run_id = ? and state = 'pending' and handed = 0 order by id limit ?`
const COUNT_QUEUED = `select count(*) as queued from workflow_task where run_id = ? and state = 'pending' and handed = 1`
const CURSOR = 'select sequence, cursor from workflow_task where id = ? and cursor is not null'
const BATCH = 'select entries, outcomes from workflow_batch where task_id = ?'
const UNFOUND = `select 1 from workflow_task where run_id = ? and state in ('failure', 'cancelled')
  and rule = -1 and step = 0 limit 1`
/** Tasks of paths that may have to be done again; a discovery's own outcomes name what could not be read. */
const UNDONE = `select id, state from workflow_task where run_id = ? and id > ? and rule >= 0
  and (failed + aborted > 0 or state in ('failure', 'cancelled', 'error')) order by id limit 1`

type Tasks = Pick<
  WorkflowStore,
  'task' | 'tasks' | 'handedTasks' | 'unhandedTasks' | 'countQueued' | 'cursor' | 'batch' | 'isAllFound' | 'failedPaths'
>

export function createTasks(connection: Connection): Tasks {
  const all = (text: string, ...values: SQLInputValue[]): Task[] =>
    (connection.prepare(text).all(...values) as TaskRow[]).map(taskOf)
  const batchOf = (id: number) => {
    const row = connection.prepare(BATCH).get(id)
    return { entries: unpackEntries(row?.entries), outcomes: unpackOutcomes(row?.outcomes) }
  }
  return {
    async task(id) {
      const row = connection.prepare(GET).get(id) as TaskRow | undefined
      return row && taskOf(row)
    },
    async tasks(run, { states, offset, limit }) {
      return states ? all(LIST_IN, run, JSON.stringify(states), limit, offset) : all(LIST, run, limit, offset)
    },
    handedTasks: async (run, after, limit) => all(HANDED, run, after, limit),
    unhandedTasks: async (run, limit) => all(UNHANDED, run, limit),
    countQueued: async (run) => Number(connection.prepare(COUNT_QUEUED).get(run)?.queued),
    async cursor(id) {
      const row = connection.prepare(CURSOR).get(id)
      return row ? { sequence: Number(row.sequence), cursor: String(row.cursor) } : null
    },
    batch: async (id) => batchOf(id),
    isAllFound: async (run) => connection.prepare(UNFOUND).get(run) === undefined,
    failedPaths: (run) => failedPaths(connection, run, batchOf),
  }
}

type BatchOf = (id: number) => Awaited<ReturnType<WorkflowStore['batch']>>

async function* failedPaths(connection: Connection, run: RunId, batchOf: BatchOf): AsyncGenerator<PathEntry[]> {
  for (let after = 0; ; ) {
    const row = connection.prepare(UNDONE).get(run, after)
    if (!row) return
    after = Number(row.id)
    // A batch takes a millisecond or two, and a run may have thousands of them.
    await new Promise((resolve) => setImmediate(resolve))
    const { entries, outcomes } = batchOf(after)
    const undone = entries.filter((_entry, index) => isUndone(outcomes[index]?.outcome))
    if (undone.length > 0) yield undone
  }
}

function isUndone(outcome: string | undefined): boolean {
  return outcome === undefined || outcome === 'failed' || outcome === 'aborted'
}
