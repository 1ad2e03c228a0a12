/** Every statement about jobs, beside the function that runs it. */

import type { SQLInputValue } from 'node:sqlite'
import { DomainError } from '../../base/errors.ts'
import type { Job } from '../../job/job.ts'
import { jobOf, REQUEST_COLUMNS, STATE_COLUMNS } from '../rows.ts'
import type { JobTable } from '../schema.ts'
import type { JobStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { type GroupCommit, isConstraint } from './group-commit.ts'
import type { Reader } from './reader.ts'

const STATE_NAMES = STATE_COLUMNS.map(([name]) => name)
const REQUEST_NAMES = REQUEST_COLUMNS.map(([name]) => name)
const INSERT_NAMES = ['id', 'submitted_at', ...STATE_NAMES, ...REQUEST_NAMES].map(quote)

const INSERT = `insert into job (${INSERT_NAMES.join(', ')}) values (${INSERT_NAMES.map(() => '?').join(', ')})`
const REPLACE = `update job set ${STATE_NAMES.map(assign).join(', ')} where id = ? and version = ?`
const MODIFY = `update job set ${[...STATE_NAMES, ...REQUEST_NAMES].map(assign).join(', ')} where id = ? and version = ?`
const REMOVE = 'delete from job where id = ? and version = ?'
const GET = 'select * from job where id = ?'
const ACTIVE = `select * from job where state in ('running', 'suspended', 'withdrawn', 'transfer') order by id`
const CANDIDATES = `select * from job where state = 'queued' and bucket = ? order by rank, id limit ?`
const AHEAD = `select count(*) as ahead from job where state = 'queued' and bucket = ? and (rank, id) < (?, ?)`
const BUCKETS = `select bucket, count(*) as size from job where state = 'queued' group by bucket`
const LOGFILE_OWNER = 'select id from job where logfile = ?'
const RESERVE = `insert into setting (name, value) values ('next_id', ?) on conflict (name)
  do update set value = cast(value as integer) + ? returning cast(value as integer) as next`
const COUNT_BY_STATE = 'select state, count(*) as size from job group by state'
/** Finished jobs are old by their end, idle ones by their submission. */
const FORGETTABLE_FINAL = `select * from job where state = ? and ended_at < ? and autoforget = 1
  and ended_at + keep_for_ms < ? order by ended_at limit ?`
const FORGETTABLE_IDLE = `select * from job where state = ? and submitted_at < ? and autoforget = 1
  and submitted_at + keep_for_ms < ? order by id limit ?`

/** Ids below are the system's own (object 1 is the project, 2 the set of all nodes). */
const FIRST_ID = 1001

export interface JobParts {
  connection: Connection
  commit: GroupCommit
  reader: Reader
}

export function createJobStore({ connection, commit, reader }: JobParts): JobStore {
  const all = (text: string, ...values: SQLInputValue[]) =>
    (connection.prepare(text).all(...values) as unknown as JobTable[]).map(jobOf)
  const get = (id: number) => connection.prepare(GET).get(id) as unknown as JobTable | undefined

  return {
    reserveIds: (count) =>
      commit.write(() => {
        const row = connection.prepare(RESERVE).get(String(FIRST_ID + count), count) as { next: number }
        return row.next - count
      }),
    insert: (job) => commit.write(() => insert(connection, job)),
    replace: (job) => commit.write(() => update(connection, REPLACE, job, stateValues(job))),
    modify: (job) => commit.write(() => update(connection, MODIFY, job, [...stateValues(job), ...requestValues(job)])),
    remove: (id, version) => commit.write(() => remove(connection, id, version)),
    async get(id) {
      const row = get(id)
      return row && jobOf(row)
    },
    active: async () => all(ACTIVE),
    async buckets() {
      const rows = connection.prepare(BUCKETS).all() as { bucket: string; size: number }[]
      return rows.map(({ bucket, size }) => ({ bucket, count: size, sample: all(CANDIDATES, bucket, 1)[0]! }))
    },
    candidates: async (bucket, limit) => all(CANDIDATES, bucket, limit),
    async countAhead(bucket, rank, id) {
      return (connection.prepare(AHEAD).get(bucket, rank, id) as { ahead: number }).ahead
    },
    async forgettable(state, before, limit) {
      const text = state === 'idle' ? FORGETTABLE_IDLE : FORGETTABLE_FINAL
      return all(text, state, before, before, limit)
    },
    query: (query) => reader.query(query),
    async countByState() {
      const rows = await reader.rows(COUNT_BY_STATE)
      return Object.fromEntries(rows)
    },
  }
}

function insert(connection: Connection, job: Job): void {
  const values = [job.id, job.submittedAt, ...stateValues(job), ...requestValues(job)]
  try {
    connection.prepare(INSERT).run(...values)
  } catch (error) {
    throw isConstraint(error) ? (takenLogfile(connection, job) ?? error) : error
  }
}

function update(connection: Connection, text: string, job: Job, values: SQLInputValue[]): void {
  try {
    const { changes } = connection.prepare(text).run(...values, job.id, job.version - 1)
    if (changes === 0) throw stale(job.id)
  } catch (error) {
    throw isConstraint(error) ? (takenLogfile(connection, job) ?? error) : error
  }
}

function remove(connection: Connection, id: number, version: number): void {
  const { changes } = connection.prepare(REMOVE).run(id, version)
  if (changes === 0) throw stale(id)
}

function stateValues(job: Job): SQLInputValue[] {
  return STATE_COLUMNS.map(([, value]) => value(job))
}

function requestValues(job: Job): SQLInputValue[] {
  return REQUEST_COLUMNS.map(([, value]) => value(job.request))
}

function takenLogfile(connection: Connection, { id, request }: Job): DomainError | undefined {
  const owner = connection.prepare(LOGFILE_OWNER).get(request.logfile) as { id: number } | undefined
  if (!owner || owner.id === id) return undefined
  const hint = `the logfile ${request.logfile} is already that of job ${owner.id}`
  return new DomainError('conflict', `${hint}; give another logfile, or forget that job first`, { owner: owner.id })
}

function stale(id: number): DomainError {
  return new DomainError('conflict', `job ${id} was changed by someone else in the meantime; look again`, {
    stale: true,
  })
}

function quote(name: string): string {
  return `"${name}"`
}

function assign(name: string): string {
  return `${quote(name)} = ?`
}
