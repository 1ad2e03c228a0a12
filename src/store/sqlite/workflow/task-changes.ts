/**
 * What happens to tasks. Each is a few statements of one commit that all look for the same condition; the last one makes it
 * false, so that what is told twice happens once. The totals of a run change in the same commit.
 */

import { OUTCOMES, type PathEntry } from '../../../workflow/path-entry.ts'
import type { TaskId } from '../../../workflow/task.ts'
import type { SqlValue } from '../../rows.ts'
import type { EndOfTask, WorkflowStore } from '../../workflow-store.ts'
import type { GroupCommit } from '../group-commit.ts'
import { packEntries, packOutcomes } from './packed.ts'
import { insertTasks } from './task-insert.ts'

const OPEN = `state in ('pending', 'started')`
const RUN_OF = (condition: string) => `(select run_id from workflow_task where id = ? and ${condition})`

const COUNT_START = `update workflow_run set version = version + 1, tasks_pending = tasks_pending - 1,
  tasks_started = tasks_started + 1, started_at = coalesce(started_at, ?) where id = ${RUN_OF(`state = 'pending'`)}`
const START = `update workflow_task set state = 'started', started_at = ? where id = ? and state = 'pending'`

const COUNT_RETURN = `update workflow_run set version = version + 1, tasks_pending = tasks_pending + 1,
  tasks_started = tasks_started - 1 where id = ${RUN_OF(`state = 'started'`)}`
const RETURN = `update workflow_task set state = 'pending', started_at = null where id = ? and state = 'started'`

const NEXT_FINDING = `sequence = ? and ${OPEN}`
const COUNT_FINDING = `update workflow_run set version = version + 1, tasks_pending = tasks_pending + ?,
  discovered = discovered + ?, discovered_bytes = discovered_bytes + ? where id = ${RUN_OF(NEXT_FINDING)}`
const FINDING = `update workflow_task set sequence = sequence + 1, cursor = ?, path_count = path_count + ?
  where id = ? and ${NEXT_FINDING}`

const OUTCOMES_OF_BATCH = `insert into workflow_batch (task_id, outcomes)
  select id, ? from workflow_task where id = ? and ${OPEN} on conflict (task_id) do update set outcomes = excluded.outcomes`
const CUT_BATCH = `update workflow_batch set entries = ?
  where task_id = (select id from workflow_task where id = ? and ${OPEN})`
const CUT_COUNT = `update workflow_task set path_count = ? where id = ? and ${OPEN}`
const ADD_COUNTED = OUTCOMES.map((name) => `${name} = ${name} + ?`).join(', ')
const SET_COUNTS = OUTCOMES.map((name) => `${name} = ?`).join(', ')
const wasIn = (state: string) => `(select count(*) from workflow_task where id = ? and state = '${state}')`
const countEnd = (state: string) => `update workflow_run set version = version + 1,
  tasks_pending = tasks_pending + ? - ${wasIn('pending')}, tasks_started = tasks_started - ${wasIn('started')},
  tasks_${state} = tasks_${state} + 1, moved_bytes = moved_bytes + ?, ${ADD_COUNTED} where id = ${RUN_OF(OPEN)}`
const END = `update workflow_task set state = ?, completed_at = ?, message = ?, moved_bytes = ?, ${SET_COUNTS}
  where id = ? and ${OPEN}`

/** A discovery has no paths of its own. */
const NOT_DONE = 'case when rule < 0 then 0 else path_count end'
const FIRST_PENDING = `select id, ${NOT_DONE} as paths from workflow_task where run_id = ? and state = 'pending' order by id limit ?`
const COUNT_CANCEL = `update workflow_run set version = version + 1,
  tasks_pending = tasks_pending - (select count(*) from (${FIRST_PENDING})),
  tasks_cancelled = tasks_cancelled + (select count(*) from (${FIRST_PENDING})),
  aborted = aborted + (select coalesce(sum(paths), 0) from (${FIRST_PENDING})) where id = ?`
const CANCEL = `update workflow_task set state = 'cancelled', completed_at = ?, message = ?, aborted = ${NOT_DONE}
  where id in (select id from (${FIRST_PENDING})) returning id`

const NO_SUCH_STEP = 'not exists (select 1 from workflow_task where run_id = ? and rule = ? and step = ?)'
const COUNT_APPENDED = `update workflow_run set version = version + 1, tasks_pending = tasks_pending + 1
  where id = ? and exists (select 1 from workflow_task where id = ?)`
const MARK_HANDED = 'update workflow_task set handed = 1 where id in (select value from json_each(?))'

type Changes = Pick<
  WorkflowStore,
  'startTask' | 'returnTask' | 'appendTask' | 'storeFinding' | 'endTask' | 'cancelPending' | 'markHanded'
>

export function createTaskChanges(commit: GroupCommit): Changes {
  const together = async (...writes: ReturnType<GroupCommit['write']>[]) => (await Promise.all(writes)).at(-1)!
  return {
    async startTask(id, at) {
      await together(commit.write(COUNT_START, [at, id]), commit.write(START, [at, id]))
    },
    async returnTask(id) {
      await together(commit.write(COUNT_RETURN, [id]), commit.write(RETURN, [id]))
    },
    async appendTask(run, task) {
      const condition = { condition: NO_SUCH_STEP, values: [run, task.rule, task.step] }
      const inserted = insertTasks(commit, [task], { run: String(Math.trunc(run)), ...condition })
      return (await together(...inserted, commit.write(COUNT_APPENDED, [run, task.jobId]))).changes > 0
    },
    async storeFinding(id, { sequence, cursor, pathCount, sizeBytes }, next) {
      const belonging = {
        run: String(`(select run_id from workflow_task where id = ${Math.trunc(id)})`),
        condition: `exists (select 1 from workflow_task where id = ? and ${NEXT_FINDING})`,
        values: [id, sequence],
      }
      const { changes } = await together(
        ...insertTasks(commit, next, belonging),
        commit.write(COUNT_FINDING, [next.length, pathCount, sizeBytes, id, sequence]),
        commit.write(FINDING, [cursor, pathCount, id, sequence]),
      )
      return changes > 0
    },
    async endTask(id, end, next) {
      const belonging = {
        run: `(select run_id from workflow_task where id = ${Math.trunc(id)})`,
        condition: `exists (select 1 from workflow_task where id = ? and ${OPEN})`,
        values: [id],
      }
      const movedBytes = end.outcomes.reduce((sum, outcome) => sum + outcome.movedBytes, 0)
      const { state, at, message } = end
      const counted = OUTCOMES.map((name) => end.counted[name])
      const { changes } = await together(
        ...insertTasks(commit, next, belonging),
        ...(end.outcomes.length > 0 ? [commit.write(OUTCOMES_OF_BATCH, [packOutcomes(end.outcomes), id])] : []),
        ...(end.entries === undefined ? [] : cut(commit, id, end.entries)),
        commit.write(countEnd(state), [next.length, id, id, movedBytes, ...counted, id]),
        commit.write(END, [state, at, message.toWellFormed(), movedBytes, ...countsOf(end), id]),
      )
      return changes > 0
    },
    async cancelPending(run, { at, message }, limit) {
      const first = [run, limit]
      const { rows } = await together(
        commit.write(COUNT_CANCEL, [...first, ...first, ...first, run]),
        commit.write(CANCEL, [at, message, ...first]),
      )
      return rows.map(({ id }) => Number(id))
    },
    async markHanded(ids) {
      await commit.write(MARK_HANDED, [JSON.stringify(ids)])
    },
  }
}

function countsOf({ outcomes }: EndOfTask): SqlValue[] {
  return OUTCOMES.map((name) => outcomes.filter(({ outcome }) => outcome === name).length)
}

function cut(commit: GroupCommit, id: TaskId, entries: readonly PathEntry[]) {
  return [commit.write(CUT_BATCH, [packEntries(entries), id]), commit.write(CUT_COUNT, [entries.length, id])]
}
