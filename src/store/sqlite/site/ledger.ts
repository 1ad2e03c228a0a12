/** A site's ledger in one SQLite file, which several movers share: each change is a transaction of its own, durable when it returns. */

import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../../../base/clock.ts'
import { bytesOfPath, textOfPath } from '../../../workflow/path-name.ts'
import type { FileId, FileState, JournalEntry, SiteLedger } from '../../../workflow/site-ledger.ts'
import { type Connection, openConnection } from '../connection.ts'
import { createManifests } from './manifest.ts'
import { prepareLedger } from './schema.ts'

const GET = 'select document from file where id = ?'
const AT = 'select document from file where path = ? limit 1'
/** Below `folder/`: the byte behind the slash is `0`. */
const BELOW = 'select document from file where path > ? and path < ?'
const SET = `insert into file (id, path, document) values (?, ?, ?)
  on conflict (id) do update set path = excluded.path, document = excluded.document`
const DROP = 'delete from file where id = ?'
const BEGIN = `insert into journal (id, path, act, document) values (?, ?, ?, ?)
  on conflict (id) do update set path = excluded.path, act = excluded.act, document = excluded.document`
const END = 'delete from journal where id = ?'
const JOURNAL = 'select document from journal order by id'
const JOURNAL_OF = 'select document from journal where id = ?'
/** A lock is had by whoever holds it already, and taken over when its time is up. */
const LOCK = `insert into lock (id, owner, until) values (?, ?, ?) on conflict (id)
  do update set owner = excluded.owner, until = excluded.until where lock.owner = excluded.owner or lock.until < ?`
const UNLOCK = 'delete from lock where id = ? and owner = ?'
const KEEP = 'update lock set until = ? where owner = ?'
const UNLOCK_OWNER = 'delete from lock where owner = ?'
const UNLOCK_ALL = 'delete from lock'

interface Row {
  document: string
}

/** Makes the file where it is not there. @throws unavailable when it cannot be opened or is of a newer version */
export function openSiteLedger(file: string, clock: Pick<Clock, 'now'>): SiteLedger {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const connection = openConnection(file)
  prepareLedger(connection.database, file)
  const run = (text: string, ...values: (string | number | Uint8Array)[]) => connection.prepare(text).run(...values)
  const get = (text: string, value: string | Uint8Array) => {
    const row = connection.prepare(text).get(value) as Row | undefined
    return row && (JSON.parse(row.document) as FileState)
  }
  const followTo = (id: string, path: string) => {
    const state = get(GET, id)
    if (state) run(SET, id, bytesOfPath(path), JSON.stringify({ ...state, path }))
    const row = connection.prepare(JOURNAL_OF).get(id) as Row | undefined
    const entry = row && (JSON.parse(row.document) as JournalEntry)
    if (entry) run(BEGIN, id, bytesOfPath(path), entry.act, JSON.stringify({ ...entry, path }))
  }
  return {
    states: (ids) => ids.map((id) => get(GET, keyOf(id))),
    stateAt: (path) => get(AT, bytesOfPath(path)),
    commit: ({ set = [], drop = [], follow = [], begin = [], end = [] }) =>
      transact(connection, () => {
        for (const state of set) run(SET, keyOf(state.id), bytesOfPath(state.path), JSON.stringify(state))
        for (const id of drop) run(DROP, keyOf(id))
        for (const { id, path } of follow) followTo(keyOf(id), path)
        for (const entry of begin)
          run(BEGIN, keyOf(entry.id), bytesOfPath(entry.path), entry.act, JSON.stringify(entry))
        for (const id of end) run(END, keyOf(id))
      }),
    journal: () =>
      (connection.prepare(JOURNAL).all() as unknown as Row[]).map(
        ({ document }) => JSON.parse(document) as JournalEntry,
      ),
    lock: (ids, owner, leaseMs) =>
      transact(connection, () => {
        const now = clock.now()
        return ids.filter((id) => run(LOCK, keyOf(id), owner, now + leaseMs, now).changes > 0)
      }),
    unlock: (ids, owner) =>
      transact(connection, () => {
        for (const id of ids) run(UNLOCK, keyOf(id), owner)
      }),
    keepLocks: (owner, leaseMs) => void run(KEEP, clock.now() + leaseMs, owner),
    unlockAll: (owner) => void (owner === undefined ? run(UNLOCK_ALL) : run(UNLOCK_OWNER, owner)),
    statesBelow: (folder) => statesBelow(connection, folder),
    ...createManifests(connection, (work) => transact(connection, work)),
    close: () => connection.close(),
  }
}

function keyOf({ dev, ino, birth }: FileId): string {
  return `${dev}:${ino}:${birth}`
}

function statesBelow(connection: Connection, folder: string): Map<string, FileState> {
  const start = bytesOfPath(folder.endsWith('/') ? folder : `${folder}/`)
  const end = Buffer.from(start)
  end[end.length - 1] = 0x30
  const rows = connection.prepare(BELOW).all(start, end) as unknown as Row[]
  const prefix = textOfPath(start)
  const states = rows.map(({ document }) => JSON.parse(document) as FileState)
  const direct = states.filter(({ path }) => !path.slice(prefix.length).includes('/'))
  return new Map(direct.map((state) => [state.path.slice(prefix.length), state]))
}

function transact<Result>({ database }: Connection, work: () => Result): Result {
  database.exec('begin immediate')
  try {
    const result = work()
    database.exec('commit')
    return result
  } catch (error) {
    if (database.isTransaction) database.exec('rollback')
    throw error
  }
}
