/** The data directory as an administrator's command works on it, with the server up or down. */

import { existsSync, statSync } from 'node:fs'
import { type Clock, systemClock } from '../../base/clock.ts'
import type { Store } from '../../store/store.ts'
import { UserError } from '../failure.ts'
import { dataDirOf } from '../server-file.ts'

export const clock: Clock = systemClock

/** The option that every administrator's command has. */
export const DATA_OPTION = ['--data <dir>', 'the data directory (YARDMASTER_DATA, ./yardmaster-data)'] as const

export function dataDirFor({ data }: { data?: string }): string {
  const dataDir = dataDirOf(process.env, data)
  checkOwner(dataDir)
  return dataDir
}

/** Files that root would make in it could not be used by the server. @throws UserError */
function checkOwner(dataDir: string): void {
  if (!existsSync(dataDir) || process.getuid?.() !== 0) return
  const { uid } = statSync(dataDir)
  if (uid === 0) return
  throw new UserError(
    `${dataDir} belongs to another account (uid ${uid}); run this as that account: sudo -u '#${uid}' …`,
  )
}

export async function withStore<Result>(dataDir: string, work: (store: Store) => Promise<Result>): Promise<Result> {
  // Loaded only here, so that commands which look at nothing but server.json start quickly.
  const { openSqliteStore } = await import('../../store/sqlite/open.ts')
  const store = await openSqliteStore({ dataDir })
  try {
    return await work(store)
  } finally {
    await store.close()
  }
}
