/** A database of an earlier version: it opens, and what was in it is there. */

import { join } from 'node:path'
import { expect, test } from 'vitest'
import { migration as first } from '../../../src/store/migrations/0001-jobs.ts'
import { type Connection, openConnection } from '../../../src/store/sqlite/connection.ts'
import { GroupCommit } from '../../../src/store/sqlite/group-commit.ts'
import { createJobStore } from '../../../src/store/sqlite/jobs.ts'
import { migrate } from '../../../src/store/sqlite/migrate.ts'
import { openSqliteStore } from '../../../src/store/sqlite/open.ts'
import { Reader } from '../../../src/store/sqlite/reader.ts'
import { testFolder } from '../../support/folder.ts'
import { aJob, aRequest, doneJob, NOW } from '../../support/jobs.ts'
import { aUser } from '../../support/memory-store.ts'
import { aNewRecord } from '../../support/records.ts'

const JOBS = [aJob({ id: 1, request: aRequest({ logfile: '/tmp/ü' }) }), doneJob({ id: 2 })]

/** As the first version left it: two jobs, an account with a password, one whose password Linux knows. */
async function firstVersion(): Promise<string> {
  const dataDir = testFolder()
  const file = join(dataDir, 'yardmaster.db')
  const connection = openConnection(file)
  await migrate(connection, { '0001-jobs': first })
  const commit = new GroupCommit(file)
  const jobs = createJobStore({ connection, commit, reader: new Reader(file, 1000) })
  await Promise.all(JOBS.map((job) => jobs.insert(job)))
  await commit.close()
  insertAccount(connection, 'alice', 'hash')
  insertAccount(connection, 'bob', null)
  connection.close()
  return dataDir
}

function insertAccount({ database }: Connection, name: string, hash: string | null): void {
  database.prepare(`insert into account values (?, ?, '["user"]', ?, 7)`).run(name, hash, NOW)
}

test('a database of the first version keeps its jobs and accounts, and takes records', async () => {
  const store = await openSqliteStore({ dataDir: await firstVersion() })
  expect(await Promise.all([1, 2].map((id) => store.jobs.get(id)))).toEqual(JOBS)
  expect(await store.users.list()).toEqual([
    aUser({ createdAt: NOW, revision: 7 }),
    aUser({ name: 'bob', passwordHash: null, createdAt: NOW, revision: 7, source: 'linux' }),
  ])
  expect(await store.records.insert(aNewRecord())).toBe(1)
  await store.close()
})

test('a database that is opened again is left as it is', async () => {
  const dataDir = await firstVersion()
  for (const found of [0, 1]) {
    const store = await openSqliteStore({ dataDir })
    expect((await store.records.tags()).length).toBe(found)
    const id = await store.records.insert(aNewRecord({ jobId: found }))
    await store.records.tag(id, [{ type: 'app', name: 'vasp', scope: 'global' }])
    await store.close()
  }
})
