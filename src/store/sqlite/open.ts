/** The default store: one SQLite file in the data directory. */

import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Store } from '../store.ts'
import { openConnection } from './connection.ts'
import { createEnvironmentStore } from './environments.ts'
import { GroupCommit } from './group-commit.ts'
import { createJobStore } from './jobs.ts'
import { migrate } from './migrate.ts'
import { createNodeStore } from './nodes.ts'
import { Reader } from './reader.ts'
import { createRecordStore } from './record/records.ts'
import { createSettingStore } from './settings.ts'
import { createUserStore } from './users.ts'
import { createClientKeyStore } from './workflow/client-keys.ts'
import { createWorkflowStore } from './workflow/workflows.ts'

export interface OpenOptions {
  /** Where `yardmaster.db` stands or is made, for the owner only. */
  dataDir: string
  /** A query that takes longer is given up. */
  queryLimitMs?: number
}

const QUERY_LIMIT_MS = 30_000

/** @throws unavailable when it cannot be opened or was made by a newer version */
export async function openSqliteStore({ dataDir, queryLimitMs = QUERY_LIMIT_MS }: OpenOptions): Promise<Store> {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const file = join(dataDir, 'yardmaster.db')
  await prepare(file)
  const connection = openConnection(file, true)
  const commit = new GroupCommit(file)
  const reader = new Reader(file, queryLimitMs)
  const settings = createSettingStore(connection, commit)
  return {
    jobs: createJobStore({ connection, commit, reader }),
    users: createUserStore(connection, commit),
    environments: createEnvironmentStore(connection, commit),
    settings,
    records: createRecordStore({ connection, commit, reader }),
    nodes: createNodeStore(connection, commit),
    workflows: createWorkflowStore({ connection, commit, reader }),
    clientKeys: createClientKeyStore(connection, commit),
    probe: () => settings.put('probe', 'ok'),
    async close() {
      await commit.close()
      await reader.close()
      connection.close()
    },
  }
}

async function prepare(file: string): Promise<void> {
  const connection = openConnection(file)
  try {
    chmodSync(file, 0o600)
    await migrate(connection)
  } finally {
    connection.close()
  }
}
