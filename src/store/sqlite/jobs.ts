/** Every statement about jobs, beside the function that runs it. */

import type { SQLInputValue } from 'node:sqlite'
import { DomainError } from '../../base/errors.ts'
import type { Job } from '../../job/job.ts'
import { jobOf, REQUEST_COLUMNS, type SqlValue, STATE_COLUMNS } from '../rows.ts'
import type { JobTable } from '../schema.ts'
import type { JobStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { type GroupCommit, Refused } from './group-commit.ts'
import { compileQuery } from './query.ts'
import type { Reader } from './reader.ts'

const STATE_NAMES = STATE_COLUMNS.map(([name]) => name)
const REQUEST_NAMES = REQUEST_COLUMNS.map(([name]) => name)
const INSERT_NAMES = ['id', 'submitted_at', ...STATE_NAMES, ...REQUEST_NAMES].map(quote)

const INSERT = `insert into job (${INSERT_NAMES.join(', ')}) values (${INSERT_NAMES.map(() => '?').join(', ')})`
/** A job that has not run yet, as nearly all are when they come: the columns of its run and end are left to be null. */
const FRESH_NAMES = ['id', 'submitted_at', 'version', 'state', 'rank', ...REQUEST_NAMES].map(quote)
const INSERT_FRESH = `insert into job (${FRESH_NAMES.join(', ')}, attempt, reason)
  values (${FRESH_NAMES.map(() => '?').join(', ')}, 0, '')`
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
  /** Reads only, and sees every commit. */
  connection: Connection
  commit: GroupCommit
  reader: Reader
}

export function createJobStore({ connection, commit, reader }: JobParts): JobStore {
  const all = (text: string, ...values: SQLInputValue[]) =>
    (connection.prepare(text).all(...values) as unknown as JobTable[]).map(jobOf)
  const get = (id: number) => connection.prepare(GET).get(id) as unknown as JobTable | undefined

  const store = async (text: string, job: Job, values: SqlValue[]): Promise<number> => {
    try {
      return (await commit.write(text, values)).changes
    } catch (error) {
      throw error instanceof Refused ? (takenLogfile(connection, job) ?? error) : error
    }
  }
  const update = async (text: string, job: Job, values: SqlValue[]) => {
    const changes = await store(text, job, [...values, job.id, job.version - 1])
    if (changes === 0) throw stale(job.id)
  }

  return {
    async reserveIds(count) {
      const { rows } = await commit.write(RESERVE, [String(FIRST_ID + count), count])
      return Number(rows[0]?.next) - count
    },
    async insert(job) {
      const { id, submittedAt, version, state, rank } = job
      if (isFresh(job)) await store(INSERT_FRESH, job, [id, submittedAt, version, state, rank, ...requestValues(job)])
      else await store(INSERT, job, [id, submittedAt, ...stateValues(job), ...requestValues(job)])
    },
    replace: (job) => update(REPLACE, job, stateValues(job)),
    modify: (job) => update(MODIFY, job, [...stateValues(job), ...requestValues(job)]),
    async remove(id, version) {
      const { changes } = await commit.write(REMOVE, [id, version])
      if (changes === 0) throw stale(id)
    },
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
    query: async (query) => reader.query(compileQuery(query), { counted: true }),
    async countByState() {
      const rows = await reader.rows({ text: COUNT_BY_STATE, values: [] })
      return Object.fromEntries(rows)
    },
  }
}

function isFresh({ attempt, run, end, reason }: Job): boolean {
  return attempt === 0 && run === null && end === null && reason === ''
}

function stateValues(job: Job): SqlValue[] {
  return STATE_COLUMNS.map(([, value]) => value(job))
}

function requestValues(job: Job): SqlValue[] {
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
