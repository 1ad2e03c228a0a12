/** Statements about runs. */

import { DomainError } from '../../../base/errors.ts'
import type { Run } from '../../../workflow/task.ts'
import type { SqlValue } from '../../rows.ts'
import type { NewTask, WorkflowStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'
import { RUN_COLUMNS, RUN_NAMES, type RunRow, runOf } from './run-row.ts'
import { insertTasks } from './task-insert.ts'

const COLUMNS = RUN_COLUMNS.map(([name]) => name)
const INSERT = `insert into workflow_run (${COLUMNS.join(', ')}, definition)
  values (${COLUMNS.map(() => '?').join(', ')}, ?) returning id`
/** The run that was inserted last: by the statement before, in the same commit. */
const NEWEST = `(select seq from sqlite_sequence where name = 'workflow_run')`
const GET = `select ${RUN_NAMES.join(', ')} from workflow_run where id = ?`
const DEFINITION = 'select definition from workflow_run where id = ?'
const REPLACE = `update workflow_run set state = ?, completed_at = ?, version = version + 1
  where id = ? and version = ?`
const OPEN = `select ${RUN_NAMES.join(', ')} from workflow_run where completed_at is null order by id`
/** Few at a time, so that other writes need not wait long: a task's batch has a thousand paths. */
const TASKS_AT_ONCE = 200
const REMOVE_TASKS = `delete from workflow_task where id in
  (select task.id from workflow_run as run join workflow_task as task on task.run_id = run.id
  where run.completed_at < ? limit ${TASKS_AT_ONCE})`
const REMOVE = `delete from workflow_run where id in (select id from workflow_run where completed_at < ?
  and not exists (select 1 from workflow_task where run_id = workflow_run.id) order by completed_at limit ?)`

type Runs = Pick<WorkflowStore, 'insertRun' | 'run' | 'definitionOf' | 'replaceRun' | 'openRuns' | 'removeRunsBefore'>

export function createRuns(connection: Connection, commit: GroupCommit): Runs {
  return {
    async insertRun(run, definition, tasks) {
      const inserted = commit.write(INSERT, [...valuesOf(run), JSON.stringify(definition)])
      const [{ rows }] = await Promise.all([inserted, ...insertFirst(commit, tasks)])
      return Number(rows[0]?.id)
    },
    async run(id) {
      const row = connection.prepare(GET).get(id) as RunRow | undefined
      return row && runOf(row)
    },
    async definitionOf(id) {
      const row = connection.prepare(DEFINITION).get(id)
      return row && JSON.parse(String(row.definition))
    },
    async replaceRun({ id, version, state, completedAt }) {
      const { changes } = await commit.write(REPLACE, [state, completedAt, id, version - 1])
      if (changes === 0)
        throw new DomainError('conflict', `run ${id} was changed in the meantime; look again`, { stale: true })
    },
    openRuns: async () => (connection.prepare(OPEN).all() as RunRow[]).map(runOf),
    async removeRunsBefore(completedBefore, limit) {
      for (;;) {
        const { changes } = await commit.write(REMOVE_TASKS, [completedBefore])
        if (changes < TASKS_AT_ONCE) break
      }
      return (await commit.write(REMOVE, [completedBefore, limit])).changes
    },
  }
}

function valuesOf(run: Omit<Run, 'id'>): SqlValue[] {
  return RUN_COLUMNS.map(([, value]) => value(run))
}

function insertFirst(commit: GroupCommit, tasks: readonly NewTask[]) {
  return insertTasks(commit, tasks, { run: NEWEST, condition: '1 = 1', values: [] })
}
