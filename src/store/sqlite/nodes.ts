/** Reports of nodes, one row each. */

import type { NodeReport, NodeState, NodeStore } from '../node-store.ts'
import { whole } from '../record-rows.ts'
import type { SqlValue } from '../rows.ts'
import type { NodeReportTable } from '../schema.ts'
import type { Connection } from './connection.ts'
import type { GroupCommit } from './group-commit.ts'

type Column = readonly [name: Exclude<keyof NodeReportTable, 'id'>, value: (from: NodeReport) => SqlValue]

const COLUMNS: readonly Column[] = [
  ['cluster', (r) => r.cluster],
  ['hostname', (r) => r.hostname],
  ['at', (r) => whole('at', r.at)],
  ['sub_cluster', (r) => r.subCluster],
  ['state', (r) => r.state],
  ['health', (r) => r.health],
  ['unhealthy', (r) => unhealthyOf(r)],
  ['cpus_allocated', (r) => whole('cpusAllocated', r.cpusAllocated)],
  ['memory_allocated_mb', (r) => whole('memoryAllocated', r.memoryAllocatedMb)],
  ['gpus_allocated', (r) => whole('gpusAllocated', r.gpusAllocated)],
  ['jobs_running', (r) => whole('jobsRunning', r.jobsRunning)],
]
const NAMES = COLUMNS.map(([name]) => name)

const PUT = `insert into node_report (${NAMES.join(', ')})
  select ${NAMES.map((_, index) => `value ->> ${index}`).join(', ')} from json_each(?) where true
  on conflict (cluster, hostname, at) do update set ${NAMES.map((name) => `${name} = excluded.${name}`).join(', ')}`
/** From one node to the next by the index: a step a node, however many reports each has. */
const LATEST = `with recursive node (id) as (
    select (select id from node_report where cluster >= ? order by cluster, hostname, at limit 1)
    union all
    select (select next.id from node_report as next
      where (next.cluster, next.hostname) > (node_report.cluster, node_report.hostname)
      order by next.cluster, next.hostname, next.at limit 1)
    from node join node_report on node_report.id = node.id
  )
  select latest.* from node join node_report as first on first.id = node.id join node_report as latest on latest.id =
    (select id from node_report where cluster = first.cluster and hostname = first.hostname order by at desc limit 1)
  order by latest.cluster, latest.hostname`
const HISTORY = 'select * from node_report where cluster = ? and hostname = ? and at between ? and ? order by at'

/** Few at a time, so that other writes need not wait long. */
const REMOVED_AT_ONCE = 1000
const REMOVE = `delete from node_report where id in
  (select id from node_report where at < ? order by at limit ${REMOVED_AT_ONCE})`

export function createNodeStore(connection: Connection, commit: GroupCommit): NodeStore {
  const all = (text: string, ...values: (string | number)[]) =>
    (connection.prepare(text).all(...values) as unknown as NodeReportTable[]).map(reportOf)
  return {
    async put(reports) {
      const rows = reports.map((report) => COLUMNS.map(([, value]) => value(report)))
      if (rows.length > 0) await commit.write(PUT, [JSON.stringify(rows)])
    },
    async latest(cluster) {
      const reports = all(LATEST, cluster ?? '')
      return cluster === undefined ? reports : reports.filter((report) => report.cluster === cluster)
    },
    history: async (cluster, hostname, { from, to }) => all(HISTORY, cluster, hostname, from, to),
    async removeBefore(before) {
      for (let removed = 0; ; ) {
        const { changes } = await commit.write(REMOVE, [before])
        removed += changes
        if (changes < REMOVED_AT_ONCE) return removed
      }
    },
  }
}

function unhealthyOf({ unhealthy }: NodeReport): string | null {
  return unhealthy.missing.length + unhealthy.stale.length === 0 ? null : JSON.stringify(unhealthy)
}

function reportOf(row: NodeReportTable): NodeReport {
  return {
    cluster: row.cluster,
    subCluster: row.sub_cluster,
    hostname: row.hostname,
    at: row.at,
    state: row.state as NodeState,
    health: row.health as NodeReport['health'],
    unhealthy: row.unhealthy === null ? { missing: [], stale: [] } : JSON.parse(row.unhealthy),
    cpusAllocated: row.cpus_allocated,
    memoryAllocatedMb: row.memory_allocated_mb,
    gpusAllocated: row.gpus_allocated,
    jobsRunning: row.jobs_running,
  }
}
