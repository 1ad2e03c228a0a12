/** Brings a database to the present schema, through Kysely's migrator. */

import type { SQLInputValue } from 'node:sqlite'
import { Kysely, SqliteDialect } from 'kysely'
import { type Migration, Migrator } from 'kysely/migration'
import { DomainError, messageOf } from '../../base/errors.ts'
import { migration as jobs } from '../migrations/0001-jobs.ts'
import { migration as records } from '../migrations/0002-records.ts'
import { migration as workflows } from '../migrations/0003-workflows.ts'
import { migration as taskLists } from '../migrations/0004-task-lists.ts'
import type { Connection } from './connection.ts'

const MIGRATIONS: Record<string, Migration> = {
  '0001-jobs': jobs,
  '0002-records': records,
  '0003-workflows': workflows,
  '0004-task-lists': taskLists,
}

/** @throws unavailable when the database was made by a newer version, or a step fails; then nothing is changed */
export async function migrate(connection: Connection, migrations = MIGRATIONS): Promise<void> {
  const db = new Kysely<unknown>({ dialect: new SqliteDialect({ database: asBetterSqlite(connection) }) })
  const migrator = new Migrator({ db, provider: { getMigrations: async () => migrations } })
  const { error } = await migrator.migrateToLatest()
  if (!error) return
  const newer = /corrupted migrations/.test(messageOf(error))
  const why = newer ? 'it was made by a newer version of Yardmaster; run that one' : messageOf(error)
  throw new DomainError('unavailable', `cannot use this database: ${why}`, {}, error)
}

/** The interface that Kysely's SQLite dialect expects, over `node:sqlite`. */
function asBetterSqlite({ database }: Connection) {
  return {
    close: () => {},
    prepare(text: string) {
      const statement = database.prepare(text)
      const values = (parameters: readonly unknown[]) => parameters as SQLInputValue[]
      return {
        reader: statement.columns().length > 0,
        all: (parameters: readonly unknown[]) => statement.all(...values(parameters)),
        run: (parameters: readonly unknown[]) => statement.run(...values(parameters)),
        iterate: (parameters: readonly unknown[]) => statement.iterate(...values(parameters)),
      }
    },
  }
}
