/** Keys of programs, one row each. */

import { DomainError } from '../../../base/errors.ts'
import type { ClientKey, ClientKeyStore } from '../../workflow-store.ts'
import type { Connection } from '../connection.ts'
import { type GroupCommit, Refused } from '../group-commit.ts'

const INSERT = `insert into client_key ("user", name, prefix, hash, created_at, revoked_at, expires_at, last_used_at)
  values (?, ?, ?, ?, ?, ?, ?, ?) returning id`
const BY_PREFIX = 'select * from client_key where prefix = ?'
const LIST = 'select * from client_key order by id desc'
const LIST_OF_USER = 'select * from client_key where "user" = ? order by id desc'
const CHANGE = 'update client_key set name = ?, expires_at = ? where id = ?'
const MARK_USED = 'update client_key set last_used_at = max(?, coalesce(last_used_at, 0)) where id = ?'
const REVOKE = 'update client_key set revoked_at = ? where id = ? and revoked_at is null'

interface Row {
  id: number
  user: string
  name: string
  prefix: string
  hash: string
  created_at: number
  revoked_at: number | null
  expires_at: number | null
  last_used_at: number | null
}

export function createClientKeyStore(connection: Connection, commit: GroupCommit): ClientKeyStore {
  return {
    async insert({ user, name, prefix, hash, createdAt, revokedAt, expiresAt, lastUsedAt }) {
      const values = [user, name, prefix, hash, createdAt, revokedAt, expiresAt, lastUsedAt]
      try {
        const { rows } = await commit.write(INSERT, values)
        return Number(rows[0]?.id)
      } catch (error) {
        if (error instanceof Refused) throw new DomainError('conflict', `The prefix ${prefix} is taken.`)
        throw error
      }
    },
    async byPrefix(prefix) {
      const row = connection.prepare(BY_PREFIX).get(prefix) as unknown as Row | undefined
      return row && keyOf(row)
    },
    async list(user) {
      const rows = user === undefined ? connection.prepare(LIST).all() : connection.prepare(LIST_OF_USER).all(user)
      return (rows as unknown as Row[]).map(keyOf)
    },
    change: async ({ id, name, expiresAt }) => (await commit.write(CHANGE, [name, expiresAt, id])).changes > 0,
    async markUsed(id, at) {
      await commit.write(MARK_USED, [at, id])
    },
    revoke: async (id, at) => (await commit.write(REVOKE, [at, id])).changes > 0,
  }
}

function keyOf({ created_at, revoked_at, expires_at, last_used_at, ...key }: Row): ClientKey {
  return { ...key, createdAt: created_at, revokedAt: revoked_at, expiresAt: expires_at, lastUsedAt: last_used_at }
}
