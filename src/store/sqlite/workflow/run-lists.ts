/** Lists and counts of runs, read on the thread of heavy reads. */

import { type RawBuilder, sql } from 'kysely'
import type { RunFilter, RunListing, RunStats, WorkflowStore } from '../../workflow-store.ts'
import { compiled, direction, type Statement } from '../query.ts'
import type { Reader } from '../reader.ts'
import { RUN_NAMES, runOfValues } from './run-row.ts'

const ORDER = {
  id: sql`id`,
  created: sql`created_at`,
  state: sql`state`,
  workflow: sql`workflow`,
  site: sql`site`,
  owner: sql`owner`,
} as const
const DAY_MS = 86_400_000

export function createRunLists(reader: Reader): Pick<WorkflowStore, 'runs' | 'stats'> {
  return {
    async runs(listing) {
      return (await reader.rows(compileList(listing))).map(runOfValues)
    },
    async stats(filter) {
      return statsOf((await reader.rows(compileStats(filter))) as StatsRow[])
    },
  }
}

/** The ids of the page come first, so that what is skipped or sorted is as narrow as an index allows. */
function compileList({ filter, order, offset, limit }: RunListing): Statement {
  const field = ORDER[order.field]
  const keys =
    order.field === 'id'
      ? sql`id ${direction(order.descending)}`
      : sql`${field} ${direction(order.descending)}, id ${direction(order.descending)}`
  return compiled(sql`select ${sql.raw(RUN_NAMES.join(', '))} from workflow_run where id in
    (select id from workflow_run where ${conditionOf(filter)} order by ${keys} limit ${limit} offset ${offset})
    order by ${keys}`)
}

const STATS = ['types', 'sites', 'states', 'days'] as const
const STATS_COLUMN = { types: 'workflow', sites: 'site', states: 'state', days: 'day' } as const

/** Along one index that holds all that is asked for; few rows leave the database. */
function compileStats(filter: RunFilter): Statement {
  const sums = STATS.map((name) => {
    const column = sql.ref(STATS_COLUMN[name])
    return sql`select ${sql.lit(name)}, ${column}, sum(size) from counted group by ${column}`
  })
  return compiled(sql`with counted as materialized (select workflow, site, state, day, count(*) as size
    from workflow_run indexed by workflow_run_stats where ${conditionOf(filter)} group by workflow, site, state, day)
    ${sql.join(sums, sql` union all `)}`)
}

function conditionOf(filter: RunFilter): RawBuilder<unknown> {
  const among = (column: string, values: readonly (string | number)[] | undefined) =>
    values === undefined ? [] : [sql`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`]
  const conditions = [
    ...among('id', filter.ids),
    ...among('site', filter.sites),
    ...among('state', filter.states),
    ...among('workflow', filter.workflows),
    ...among('queue', filter.queues),
    ...among('owner', filter.owners),
    ...among('schedule', filter.schedules),
    ...(filter.createdFrom === undefined ? [] : [sql`created_at >= ${filter.createdFrom}`]),
    ...(filter.createdBefore === undefined ? [] : [sql`created_at < ${filter.createdBefore}`]),
    ...(filter.hideNoop ? [sql`is_noop = 0`] : []),
  ]
  return conditions.length === 0 ? sql`1 = 1` : sql.join(conditions, sql` and `)
}

type StatsRow = [stat: (typeof STATS)[number], of: string | number, count: number]

function statsOf(rows: readonly StatsRow[]): RunStats {
  const sums = { types: {}, sites: {}, states: {}, days: {} } as Record<(typeof STATS)[number], Record<string, number>>
  for (const [stat, of, count] of rows) sums[stat][stat === 'days' ? dayOf(Number(of)) : of] = count
  return { count: Object.values(sums.types).reduce((count, size) => count + size, 0), ...sums }
}

function dayOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10)
}
