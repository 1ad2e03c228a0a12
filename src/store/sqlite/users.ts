/** Accounts that may sign in. */

import { DomainError } from '../../base/errors.ts'
import { userOf } from '../rows.ts'
import type { UserTable } from '../schema.ts'
import type { UserStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { type GroupCommit, Refused } from './group-commit.ts'

const INSERT = 'insert into account (name, password_hash, roles, created_at, revision) values (?, ?, ?, ?, ?)'
const REPLACE = 'update account set password_hash = ?, roles = ?, revision = ? where name = ?'
const REMOVE = 'delete from account where name = ?'
/** Counted by triggers of the table, whichever process changes it. */
const GENERATION = `select value from setting where name = 'account_generation'`

const LOOK_AGAIN_MS = 20

export function createUserStore(connection: Connection, commit: GroupCommit): UserStore {
  let generation: number | undefined
  const change = async (name: string, text: string, values: (string | number | null)[]) => {
    const { changes } = await commit.write(text, values)
    generation = undefined
    if (changes === 0) throw unknown(name)
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
    async insert({ name, passwordHash, roles, createdAt, revision }) {
      try {
        await change(name, INSERT, [name, passwordHash, JSON.stringify(roles), createdAt, revision])
      } catch (error) {
        throw error instanceof Refused
          ? new DomainError('conflict', `there is already an account named ${name}`)
          : error
      }
    },
    replace: ({ name, passwordHash, roles, revision }) =>
      change(name, REPLACE, [passwordHash, JSON.stringify(roles), revision, name]),
    remove: (name) => change(name, REMOVE, [name]),
    generation() {
      if (generation !== undefined) return generation
      // Every request asks; what another process changes is seen this much later at the latest.
      setTimeout(() => {
        generation = undefined
      }, LOOK_AGAIN_MS).unref()
      generation = Number(connection.prepare(GENERATION).get()?.value)
      return generation
    },
  }
}

function unknown(name: string): DomainError {
  return new DomainError('not_found', `there is no account named ${name}; \`yardmaster user list\` shows all`)
}
