/** Small facts of the server itself. */

import type { SettingStore } from '../store.ts'
import type { Connection } from './connection.ts'
import type { GroupCommit } from './group-commit.ts'

const PUT = 'insert into setting (name, value) values (?, ?) on conflict (name) do update set value = excluded.value'

export function createSettingStore(connection: Connection, commit: GroupCommit): SettingStore {
  return {
    async get(name) {
      const row = connection.prepare('select value from setting where name = ?').get(name)
      return row && String(row.value)
    },
    async put(name, value) {
      await commit.write(PUT, [name, value])
    },
  }
}
