/** Run to row and back. */

import type { FieldValue as RowValue } from '../../../job/field.ts'
import { OUTCOMES } from '../../../workflow/path-entry.ts'
import { type Run, type RunState, type RunTotals, TASK_STATES } from '../../../workflow/task.ts'
import type { Discovery } from '../../../workflow/workflow.ts'
import type { SqlValue } from '../../rows.ts'

type NewRun = Omit<Run, 'id'>
type Column = readonly [name: string, value: (from: NewRun) => SqlValue]

const TOTALS: readonly Column[] = [
  ['discovered', (r) => r.totals.discovered],
  ['discovered_bytes', (r) => r.totals.discoveredBytes],
  ...OUTCOMES.map((outcome): Column => [outcome, (r) => r.totals.outcomes[outcome]]),
  ['moved_bytes', (r) => r.totals.movedBytes],
  ...TASK_STATES.map((state): Column => [`tasks_${state}`, (r) => r.totals.tasks[state]]),
]

export const RUN_COLUMNS: readonly Column[] = [
  ['version', (r) => r.version],
  ['workflow', (r) => r.workflow],
  ['label', (r) => r.label],
  ['site', (r) => r.site],
  ['queue', (r) => r.queue],
  ['owner', (r) => r.owner],
  ['client_key', (r) => r.clientKey],
  ['schedule', (r) => r.schedule],
  ['state', (r) => r.state],
  ['discovery', (r) => r.discovery],
  ['created_at', (r) => r.createdAt],
  ['started_at', (r) => r.startedAt],
  ['completed_at', (r) => r.completedAt],
  ...TOTALS,
  ['paths', (r) => JSON.stringify(r.paths)],
  ['fields', (r) => JSON.stringify(r.fields)],
]

/** In the order of the lists. */
export const RUN_NAMES: readonly string[] = ['id', ...RUN_COLUMNS.map(([name]) => name)]

export type RunRow = Readonly<Record<string, string | number | null>>

export function runOfValues(values: readonly RowValue[]): Run {
  return runOf(Object.fromEntries(RUN_NAMES.map((name, index) => [name, values[index]])) as RunRow)
}

export function runOf(row: RunRow): Run {
  return {
    id: Number(row.id),
    version: Number(row.version),
    workflow: String(row.workflow),
    label: String(row.label),
    site: String(row.site),
    queue: String(row.queue),
    owner: String(row.owner),
    clientKey: String(row.client_key),
    schedule: row.schedule as number | null,
    state: row.state as RunState,
    discovery: row.discovery as Discovery | null,
    paths: JSON.parse(String(row.paths)),
    fields: JSON.parse(String(row.fields)),
    createdAt: Number(row.created_at),
    startedAt: row.started_at as number | null,
    completedAt: row.completed_at as number | null,
    totals: totalsOf(row),
  }
}

function totalsOf(row: RunRow): RunTotals {
  const sums = (names: readonly string[], prefix = '') =>
    Object.fromEntries(names.map((name) => [name, Number(row[`${prefix}${name}`])]))
  return {
    discovered: Number(row.discovered),
    discoveredBytes: Number(row.discovered_bytes),
    outcomes: sums(OUTCOMES) as RunTotals['outcomes'],
    movedBytes: Number(row.moved_bytes),
    tasks: sums(TASK_STATES, 'tasks_') as RunTotals['tasks'],
  }
}
