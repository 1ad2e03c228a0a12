/** How a resident settles in its directory: alone there, and with nothing of who started it. */

import { mkdirSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { closeInherited } from './descriptors.ts'

/** `dir` is the present directory from then on. @throws plain error when another `name` runs in it */
export function enter(dir: string, name: string): void {
  closeInherited()
  process.umask(0o077)
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  process.chdir(dir)
  process.on('exit', lock('lock.db', name))
}

/** Holds also when two start in the same instant: SQLite's file lock, which ends with the process however it ends. */
function lock(path: string, name: string): () => void {
  const file = new DatabaseSync(path, { timeout: 0 })
  try {
    file.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    throw new Error(`another ${name} runs in this directory`, { cause: error })
  }
  return () => file.close()
}
