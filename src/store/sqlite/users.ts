/** Accounts that may sign in. */

import { DomainError } from '../../base/errors.ts'
import { userOf } from '../rows.ts'
import type { UserTable } from '../schema.ts'
import type { User, UserStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { type GroupCommit, isConstraint } from './group-commit.ts'

const INSERT = 'insert into account (name, password_hash, roles, created_at, revision) values (?, ?, ?, ?, ?)'
const REPLACE = 'update account set password_hash = ?, roles = ?, revision = ? where name = ?'

export function createUserStore(connection: Connection, commit: GroupCommit): UserStore {
  let ours = 0
  let others: number | undefined
  const change = async (run: () => void) => {
    await commit.write(run)
    ours += 1
  }
  return {
    async get(name) {
      const row = connection.prepare('select * from account where name = ?').get(name) as UserTable | undefined
      return row && userOf(row)
    },
    async list() {
      const rows = connection.prepare('select * from account order by name').all()
      return (rows as unknown as UserTable[]).map(userOf)
    },
    insert: (user) => change(() => insert(connection, user)),
    replace: (user) =>
      change(() => {
        const { passwordHash, roles, revision, name } = user
        const { changes } = connection.prepare(REPLACE).run(passwordHash, JSON.stringify(roles), revision, name)
        if (changes === 0) throw unknown(name)
      }),
    remove: (name) =>
      change(() => {
        const { changes } = connection.prepare('delete from account where name = ?').run(name)
        if (changes === 0) throw unknown(name)
      }),
    generation() {
      if (others !== undefined) return others * 1_000_000 + ours
      others = commitsOfOthers(connection)
      // Looked up once a turn of the event loop; every request of the turn asks.
      setImmediate(() => {
        others = undefined
      })
      return others * 1_000_000 + ours
    },
  }
}

/** SQLite's own count of commits by other connections: an administrator's command in another process. */
function commitsOfOthers(connection: Connection): number {
  return (connection.prepare('pragma data_version').get() as { data_version: number }).data_version
}

function insert(connection: Connection, { name, passwordHash, roles, createdAt, revision }: User): void {
  try {
    connection.prepare(INSERT).run(name, passwordHash, JSON.stringify(roles), createdAt, revision)
  } catch (error) {
    if (isConstraint(error)) throw new DomainError('conflict', `there is already an account named ${name}`)
    throw error
  }
}

function unknown(name: string): DomainError {
  return new DomainError('not_found', `there is no account named ${name}; \`yardmaster user list\` shows all`)
}
