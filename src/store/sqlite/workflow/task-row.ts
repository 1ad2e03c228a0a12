/** Task to row and back. */

import type { FieldValue } from '../../../job/field.ts'
import { OUTCOMES } from '../../../workflow/path-entry.ts'
import type { Lane, OutcomeCounts, Task, TaskState } from '../../../workflow/task.ts'
import type { SqlValue } from '../../rows.ts'
import type { NewTask } from '../../workflow-store.ts'

type Column = readonly [name: string, value: (from: NewTask) => SqlValue]

export const TASK_COLUMNS: readonly Column[] = [
  ['id', (t) => t.jobId],
  ['name', (t) => t.name],
  ['site', (t) => t.site],
  ['queue', (t) => t.queue],
  ['lane', (t) => t.lane],
  ['state', () => 'pending'],
  ['parent', (t) => t.parent],
  ['rule', (t) => t.rule],
  ['step', (t) => t.step],
  ['path_count', (t) => t.entries.length],
  ['created_at', (t) => t.createdAt],
  ['arguments', (t) => JSON.stringify(t.arguments)],
  ['sequence', (t) => t.from?.sequence ?? 0],
  ['cursor', (t) => t.from?.cursor ?? null],
]

/** In the order of the lists. */
export const TASK_NAMES = `id run_id name site queue lane state arguments parent rule step path_count
  ${OUTCOMES.join(' ')} moved_bytes message created_at started_at completed_at`.split(/\s+/)

export type TaskRow = Readonly<Record<string, string | number | null>>

export function taskOfValues(values: readonly FieldValue[]): Task {
  return taskOf(Object.fromEntries(TASK_NAMES.map((name, index) => [name, values[index]])) as TaskRow)
}

export function taskOf(row: TaskRow): Task {
  return {
    id: Number(row.id),
    run: Number(row.run_id),
    jobId: Number(row.id),
    name: String(row.name),
    site: String(row.site),
    queue: String(row.queue),
    lane: row.lane as Lane,
    state: row.state as TaskState,
    arguments: JSON.parse(String(row.arguments)),
    parent: row.parent as number | null,
    rule: Number(row.rule),
    step: Number(row.step),
    pathCount: Number(row.path_count),
    outcomes: Object.fromEntries(OUTCOMES.map((name) => [name, Number(row[name])])) as OutcomeCounts,
    movedBytes: Number(row.moved_bytes),
    message: String(row.message),
    createdAt: Number(row.created_at),
    startedAt: row.started_at as number | null,
    completedAt: row.completed_at as number | null,
  }
}
