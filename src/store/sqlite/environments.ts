/** Submission environments, each kept once under the hash of its text. */

import { hash } from 'node:crypto'
import type { EnvironmentStore } from '../store.ts'
import type { Connection } from './connection.ts'
import type { GroupCommit } from './group-commit.ts'

const INSERT = 'insert into environment (hash, variables) values (?, ?) on conflict (hash) do nothing'

export function createEnvironmentStore(connection: Connection, commit: GroupCommit): EnvironmentStore {
  return {
    async put(variables) {
      const text = JSON.stringify(Object.entries(variables).sort(([a], [b]) => (a < b ? -1 : 1)))
      const key = hash('sha256', text)
      await commit.write(INSERT, [key, text])
      return key
    },
    async get(key) {
      const row = connection.prepare('select variables from environment where hash = ?').get(key)
      return row && Object.fromEntries(JSON.parse(String(row.variables)))
    },
  }
}
