/** Every statement about the records of runs, beside the function that runs it. */

import type { SQLInputValue } from 'node:sqlite'
import { DomainError } from '../../../base/errors.ts'
import type { JobRecord, RecordId } from '../../../job/record.ts'
import { finite, json, RECORD_COLUMNS, type RecordRow, recordOf } from '../../record-rows.ts'
import type { NewRecord, RecordKey, RecordStore } from '../../record-store.ts'
import type { SqlValue } from '../../rows.ts'
import type { Connection } from '../connection.ts'
import type { GroupCommit } from '../group-commit.ts'
import type { Reader } from '../reader.ts'
import { ROW } from './list-statement.ts'
import { createRecordLists } from './lists.ts'
import { createRecordRemoval } from './removal.ts'
import { createTagStore } from './tags.ts'
import { unknown } from './unknown.ts'

const NAMES = RECORD_COLUMNS.map(([name]) => `"${name}"`)
const INTO = `insert into record (${NAMES.join(', ')})`
const KEY = '(job_id, cluster, started_at, attempt)'

/** A job has few runs, whereas a thousand may have begun in the same second: the planner must not go by the time. */
const OF_JOB = 'from record indexed by record_run'

const DAY_MS = 86_400_000
/** Of the same job and cluster: began less than a day before, or at any time after (spec/cockpit.md 1.3). */
const IN_THE_WAY = `${OF_JOB} where job_id = ? and cluster = ? and started_at > ?`
const INSERT = `${INTO} select ${NAMES.map(() => '?').join(', ')} where not exists (select 1 ${IN_THE_WAY}) returning id`
const BLOCKER = `select id ${IN_THE_WAY} order by started_at desc limit 1`
const IMPORT = `${INTO} values (${NAMES.map(() => '?').join(', ')}) on conflict ${KEY} do nothing returning id`

/** What behaviour and meta data are known already stay, unless there is more. */
const UPSERT = `${INTO} select ${NAMES.map((_, index) => `run.value ->> ${index}`).join(', ')}
  from json_each(?) as run where true on conflict ${KEY} do update set ${RECORD_COLUMNS.map(([name]) => known(name)).join(', ')}
  where record.state in ('pending', 'running', 'suspended')`
const STOP = `update record set state = ?, duration_ms = ? where id = ? and state in ('running', 'suspended')`
const SETTLE = `update record set monitoring = ?, statistics = ?, footprint = ?, energy_footprint = ?, energy = ?
  where id = ?`
/** A patch is bound as JSON: no key is ever read as a path. */
const SET_META_DATA = `update record set meta_data = json_patch(coalesce(meta_data, '{}'), ?) where id = ?`

const GET = `select ${ROW} from record where id = ?`
/** Its conditions as the partial index has them. */
const UNSETTLED = `select ${ROW} from record where monitoring = 'pending'
  and state not in ('pending', 'running', 'suspended') order by started_at, id limit ?`
const LAST_RUN = `select job_id, attempt from record where origin = 'engine' order by job_id desc, attempt desc limit 1`
const USED_HOSTS = `select distinct record.cluster, resource.value ->> '$.hostname' as hostname
  from record, json_each(record.resources) as resource where record.state = 'running' and record.started_at < ?
  order by 1, 2`

export interface RecordParts {
  /** Reads only, and sees every commit. */
  connection: Connection
  commit: GroupCommit
  reader: Reader
}

export function createRecordStore({ connection, commit, reader }: RecordParts): RecordStore {
  const first = (text: string, ...values: SQLInputValue[]): JobRecord | undefined => {
    const row = connection.prepare(text).get(...values) as unknown as RecordRow | undefined
    return row && recordOf(row)
  }
  const insert = async (record: NewRecord): Promise<RecordId> => {
    const { jobId, cluster, startedAt } = record
    const run = [jobId, cluster, startedAt - DAY_MS]
    const { rows } = await commit.write(INSERT, [...valuesOf(record), ...run])
    if (rows[0]) return Number(rows[0].id)
    const blocker = connection.prepare(BLOCKER).get(...run)
    // Removed since: nothing is in the way any more.
    if (!blocker) return insert(record)
    throw alreadyThere(record, Number(blocker.id))
  }
  const tags = createTagStore(connection, commit)

  return {
    ...createRecordLists(reader),
    ...createRecordRemoval(commit),
    ...tags,
    insert,
    async putRuns(records) {
      if (records.length > 0) await commit.write(UPSERT, [JSON.stringify(records.map(valuesOf))])
    },
    async import(record, names) {
      const { rows } = await commit.write(IMPORT, valuesOf(record))
      const id = Number(rows[0]?.id ?? idOf(connection, record))
      await tags.tag(id, names)
      return id
    },
    get: async (id) => first(GET, id),
    async find(key) {
      const { condition, values } = conditionOf(key)
      return first(`select ${ROW} ${OF_JOB} where ${condition} order by started_at desc, id desc limit 1`, ...values)
    },
    async stop(id, { state, durationMs }) {
      const { changes } = await commit.write(STOP, [state, durationMs, id])
      if (changes === 0) throw stale(id)
    },
    async settle(id, { monitoring, statistics, footprint, energyFootprint, energy }) {
      const behaviour = [json(statistics), json(footprint), json(energyFootprint), finite('energy', energy)]
      await commit.write(SETTLE, [monitoring, ...behaviour, id])
    },
    async setMetaData(id, key, value) {
      const { changes } = await commit.write(SET_META_DATA, [JSON.stringify({ [key]: value }), id])
      if (changes === 0) throw unknown(id)
    },
    async unsettled(limit) {
      return (connection.prepare(UNSETTLED).all(limit) as unknown as RecordRow[]).map(recordOf)
    },
    async lastRun() {
      const row = connection.prepare(LAST_RUN).get()
      return row && { jobId: Number(row.job_id), attempt: Number(row.attempt) }
    },
    async usedHosts(before) {
      const rows = await reader.rows({ text: USED_HOSTS, values: [before] })
      const byCluster = Map.groupBy(rows, ([cluster]) => String(cluster))
      return Object.fromEntries([...byCluster].map(([cluster, of]) => [cluster, of.map(([, host]) => String(host))]))
    },
  }
}

function valuesOf(record: NewRecord): SqlValue[] {
  return RECORD_COLUMNS.map(([, value]) => value(record))
}

/** How a column of a run that is there already takes what came with the same run. */
function known(name: (typeof RECORD_COLUMNS)[number][0]): string {
  switch (name) {
    case 'meta_data':
      return `meta_data = case when excluded.meta_data is null then record.meta_data
        else json_patch(coalesce(record.meta_data, '{}'), excluded.meta_data) end`
    case 'footprint':
    case 'energy_footprint':
    case 'statistics':
      return `${name} = coalesce(excluded.${name}, record.${name})`
    case 'energy':
      return 'energy = case when excluded.energy_footprint is null then record.energy else excluded.energy end'
    default:
      return `"${name}" = excluded."${name}"`
  }
}

function conditionOf({ jobId, cluster, startedAt }: RecordKey): { condition: string; values: SQLInputValue[] } {
  const parts: [string, SQLInputValue | undefined][] = [
    ['job_id = ?', jobId],
    ['cluster = ?', cluster],
    ['started_at = ?', startedAt],
  ]
  const given = parts.filter((part): part is [string, SQLInputValue] => part[1] !== undefined)
  return { condition: given.map(([text]) => text).join(' and '), values: given.map(([, value]) => value) }
}

function idOf(connection: Connection, { jobId, cluster, startedAt, attempt }: NewRecord): RecordId {
  const text = 'select id from record where job_id = ? and cluster = ? and started_at = ? and attempt = ?'
  return Number(connection.prepare(text).get(jobId, cluster, startedAt, attempt)?.id)
}

function alreadyThere({ jobId, cluster }: NewRecord, id: RecordId): DomainError {
  const what = `job ${jobId} of cluster ${cluster} has a run already that began less than a day before this one, or after it`
  return new DomainError('conflict', `${what} (id ${id})`, { id, jobId })
}

function stale(id: RecordId): DomainError {
  return new DomainError('conflict', `the run with id ${id} is over already`, { stale: true })
}
