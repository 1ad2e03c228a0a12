/** An open SQLite file: durable on every commit, its statements prepared once. */

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { DomainError, messageOf } from '../../base/errors.ts'

/** The connection that writes needs the upper pages of every index at hand; the others read a little here and there. */
const WRITER_CACHE_KIB = 64 * 1024
const READER_CACHE_KIB = 16 * 1024
/** How much the log grows (16 MiB) before it is brought into the database: pages that change often are written once. */
const CHECKPOINT_PAGES = 4096
/** Another process (`yardmaster user add`) holds the write lock for a moment at most. */
const BUSY_TIMEOUT_MS = 5000

export interface Connection {
  readonly database: DatabaseSync
  prepare(text: string): StatementSync
  close(): void
}

/** @throws unavailable when the file cannot be opened or is no database */
export function openConnection(file: string, readOnly = false): Connection {
  const database = open(file, readOnly)
  const statements = new Map<string, StatementSync>()
  return {
    database,
    prepare(text) {
      const known = statements.get(text)
      if (known) return known
      const statement = database.prepare(text)
      statements.set(text, statement)
      return statement
    },
    close() {
      statements.clear()
      database.close()
    },
  }
}

function open(file: string, readOnly: boolean): DatabaseSync {
  try {
    const database = new DatabaseSync(file, { readOnly, timeout: BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true })
    database.exec(`pragma cache_size = -${readOnly ? READER_CACHE_KIB : WRITER_CACHE_KIB}`)
    // FULL: a commit is on the disk before it is answered, also through a power cut.
    if (!readOnly) database.exec('pragma journal_mode = wal; pragma synchronous = full')
    if (!readOnly) database.exec(`pragma wal_autocheckpoint = ${CHECKPOINT_PAGES}`)
    return database
  } catch (error) {
    throw new DomainError('unavailable', `cannot open the database ${file}: ${messageOf(error)}`, {}, error)
  }
}
