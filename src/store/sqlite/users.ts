/** Accounts that may sign in. */

import { DomainError } from '../../base/errors.ts'
import { type SqlValue, userOf } from '../rows.ts'
import type { UserTable } from '../schema.ts'
import type { User, UserStore } from '../store.ts'
import type { Connection } from './connection.ts'
import { type GroupCommit, Refused } from './group-commit.ts'

const INSERT = `insert into account (name, created_at, password_hash, roles, revision, full_name, email, projects, source)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?)`
const REPLACE = `update account set password_hash = ?, roles = ?, revision = ?, full_name = ?, email = ?, projects = ?,
  source = ? where name = ?`
const REPLACE_UNCHANGED = `${REPLACE} and revision = ? and projects = ?`
const REMOVE = 'delete from account where name = ?'
const PREFERENCES = 'select key, value from preference where account = ?'
const SET_PREFERENCE = `insert into preference (account, key, value) values (?, ?, ?)
  on conflict (account, key) do update set value = excluded.value`
const FORGET_PREFERENCES = 'delete from preference where account = ?'
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
  const find = (name: string) => {
    const row = connection.prepare('select * from account where name = ?').get(name) as UserTable | undefined
    return row && userOf(row)
  }
  return {
    get: async (name) => find(name),
    async list() {
      const rows = connection.prepare('select * from account order by name').all()
      return (rows as unknown as UserTable[]).map(userOf)
    },
    async insert(user) {
      const { name, createdAt } = user
      try {
        await change(name, INSERT, [name, createdAt, ...changeable(user)])
      } catch (error) {
        throw error instanceof Refused
          ? new DomainError('conflict', `there is already an account named ${name}`)
          : error
      }
    },
    async replace(user, was) {
      if (!was) return change(user.name, REPLACE, [...changeable(user), user.name])
      const values = [...changeable(user), user.name, was.revision, JSON.stringify(was.projects)]
      const { changes } = await commit.write(REPLACE_UNCHANGED, values)
      generation = undefined
      if (changes === 0) throw find(user.name) ? changedMeanwhile(user.name) : unknown(user.name)
    },
    async remove(name) {
      await Promise.all([change(name, REMOVE, [name]), commit.write(FORGET_PREFERENCES, [name])])
    },
    generation() {
      if (generation !== undefined) return generation
      // Every request asks; what another process changes is seen this much later at the latest.
      setTimeout(() => {
        generation = undefined
      }, LOOK_AGAIN_MS).unref()
      generation = Number(connection.prepare(GENERATION).get()?.value)
      return generation
    },
    async preferences(name) {
      const rows = connection.prepare(PREFERENCES).all(name)
      return Object.fromEntries(rows.map(({ key, value }) => [String(key), String(value)]))
    },
    async setPreference(name, key, value) {
      await commit.write(SET_PREFERENCE, [name, key, value])
    },
  }
}

function changeable({ passwordHash, roles, revision, fullName, email, projects, source }: User): SqlValue[] {
  return [passwordHash, JSON.stringify(roles), revision, fullName, email, JSON.stringify(projects), source]
}

function changedMeanwhile(name: string): DomainError {
  return new DomainError('conflict', `the account ${name} was changed at the same moment; look at it and try again`)
}

function unknown(name: string): DomainError {
  return new DomainError('not_found', `there is no account named ${name}; \`yardmaster user list\` shows all`)
}
