/** One server a data directory: a lock that the kernel takes back by itself, however the holder ends. */

import { chmodSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DomainError } from '../../base/errors.ts'

export interface Lock {
  release(): void
}

/** @throws unavailable while another process holds the lock on `file` */
export function takeLock(file: string): Lock {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    // An exclusive transaction that is never ended: SQLite holds POSIX locks, which die with their process.
    database.exec('pragma journal_mode = delete; begin exclusive')
  } catch (error) {
    database.close()
    throw new DomainError('unavailable', `another server works on this data directory (${file} is locked)`, {}, error)
  }
  chmodSync(file, 0o600)
  return { release: () => database.isOpen && database.close() }
}
