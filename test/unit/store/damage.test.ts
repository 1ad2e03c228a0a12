/** A damaged or foreign database: it opens with all that was answered, or it is refused with a sentence. */

import { copyFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { takeLock } from '../../../src/store/sqlite/lock.ts'
import { openSqliteStore } from '../../../src/store/sqlite/open.ts'
import { testFolder } from '../../support/folder.ts'
import { aJob } from '../../support/jobs.ts'

const SOAK = process.env.YARDMASTER_SOAK === '1'
/** Every byte of the log's last pages in a soak, every so many in a short run. */
const STEP = SOAK ? 1 : 97
const TORN_BYTES = 4096

interface Wreck {
  dataDir: string
  /** Size of the log after the first commit, and after the second. */
  firstBytes: number
  bothBytes: number
}

/** Two commits, copied away as a kill would leave them: the log not yet brought into the database. */
async function wreck(): Promise<Wreck> {
  const original = testFolder()
  const store = await openSqliteStore({ dataDir: original })
  const wal = join(original, 'yardmaster.db-wal')
  await store.jobs.insert(aJob({ id: 1 }))
  const firstBytes = statSync(wal).size
  await store.jobs.insert(aJob({ id: 2 }))
  const bothBytes = statSync(wal).size
  const dataDir = testFolder()
  for (const name of ['yardmaster.db', 'yardmaster.db-wal']) copyFileSync(join(original, name), join(dataDir, name))
  await store.close()
  return { dataDir, firstBytes, bothBytes }
}

async function idsIn(dataDir: string): Promise<number[]> {
  const store = await openSqliteStore({ dataDir })
  const found = await Promise.all([1, 2].map((id) => store.jobs.get(id)))
  await store.close()
  return found.flatMap((job) => (job ? [job.id] : []))
}

function copyOf({ dataDir }: Wreck): string {
  const copy = testFolder()
  for (const name of ['yardmaster.db', 'yardmaster.db-wal']) copyFileSync(join(dataDir, name), join(copy, name))
  return copy
}

test('a log that was torn anywhere in its last commit loses that commit and nothing else', {
  timeout: 600_000,
}, async () => {
  const damaged = await wreck()
  const log = readFileSync(join(damaged.dataDir, 'yardmaster.db-wal'))
  const from = Math.max(damaged.firstBytes, damaged.bothBytes - TORN_BYTES)
  for (let size = from; size < damaged.bothBytes; size += STEP) {
    const dataDir = copyOf(damaged)
    writeFileSync(join(dataDir, 'yardmaster.db-wal'), log.subarray(0, size))
    expect(await idsIn(dataDir), `log cut at ${size}`).toEqual([1])
    rmSync(dataDir, { recursive: true })
  }
  expect(await idsIn(copyOf(damaged))).toEqual([1, 2])
})

test('a flipped bit in the last commit of the log loses that commit and nothing else', async () => {
  const damaged = await wreck()
  const log = readFileSync(join(damaged.dataDir, 'yardmaster.db-wal'))
  for (const at of [damaged.firstBytes + 30, damaged.bothBytes - 100]) {
    const dataDir = copyOf(damaged)
    const flipped = Buffer.from(log)
    flipped[at]! ^= 0x10
    writeFileSync(join(dataDir, 'yardmaster.db-wal'), flipped)
    expect(await idsIn(dataDir)).toEqual([1])
  }
})

test('a missing index of the log is made anew', async () => {
  const { dataDir } = await wreck()
  expect(existsSync(join(dataDir, 'yardmaster.db-shm'))).toBe(false)
  expect(await idsIn(dataDir)).toEqual([1, 2])
})

test('a file that is no database is refused, naming it', async () => {
  const dataDir = testFolder()
  writeFileSync(
    join(dataDir, 'yardmaster.db'),
    'this is not a database, but it is long enough to be looked at\n'.repeat(50),
  )
  await expect(openSqliteStore({ dataDir })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('yardmaster.db'),
  })
})

test('a database of a newer version is refused, saying so', async () => {
  const dataDir = testFolder()
  const store = await openSqliteStore({ dataDir })
  await store.close()
  const database = new DatabaseSync(join(dataDir, 'yardmaster.db'))
  database.exec(`insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01T00:00:00Z')`)
  database.close()
  await expect(openSqliteStore({ dataDir })).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('newer version'),
  })
})

test('a second holder of the lock is refused until the first lets go', () => {
  const file = join(testFolder(), 'lock.db')
  const lock = takeLock(file)
  expect(() => takeLock(file)).toThrow(/another server works on this data directory/)
  lock.release()
  takeLock(file).release()
})
