/** One tasker a directory, also when two start in the same instant: SQLite's file lock, which ends with the process however it ends. */

import { DatabaseSync } from 'node:sqlite'

/** Answers the release. @throws plain error when another process holds it */
export function lock(path: string): () => void {
  const file = new DatabaseSync(path, { timeout: 0 })
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    throw new Error('another tasker runs in this directory', { cause: error })
  }
  return () => file.close()
}
