/** A whole and consistent copy of the database, also while a server writes to it. */

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { DomainError, messageOf } from '../../base/errors.ts'

export const DATABASE_FILE = 'yardmaster.db'

/** @throws not_found when there is no database, unavailable when it cannot be read or written to `target` */
export async function copyDatabase(dataDir: string, target: string): Promise<void> {
  const file = join(dataDir, DATABASE_FILE)
  if (!existsSync(file)) throw new DomainError('not_found', `there is no database in ${dataDir}; nothing was copied`)
  const source = new DatabaseSync(file, { readOnly: true })
  try {
    await backup(source, target)
  } catch (error) {
    throw new DomainError('unavailable', `copying ${file} to ${target}: ${messageOf(error)}`, {}, error)
  } finally {
    source.close()
  }
}

/** @throws invalid when the file is no whole database */
export function checkDatabase(file: string): void {
  let verdict: unknown
  try {
    const database = new DatabaseSync(file, { readOnly: true })
    verdict = database.prepare('pragma quick_check').get()?.quick_check
    database.close()
  } catch (error) {
    verdict = messageOf(error)
  }
  if (verdict !== 'ok') throw new DomainError('invalid', `${file} is no whole database of ours: ${verdict}`)
}
