/** Makes what was written outlive a power failure: one call for a whole file system where there are many files. */

import { execFile } from 'node:child_process'
import { open } from 'node:fs/promises'
import { promisify } from 'node:util'
import { systemCodeOf } from '../../base/errors.ts'

const run = promisify(execFile)
/** From so many on one `syncfs` costs less than an `fsync` each (docs/decisions/0010). */
const MANY = 16
const AT_ONCE = 8

/** `folder` is on the file system of all of them. @throws system errors, when something may not have been written */
export async function makeDurable(folder: string, paths: readonly string[]): Promise<void> {
  if (paths.length >= MANY && (await syncFileSystem(folder))) return
  for (let at = 0; at < paths.length; at += AT_ONCE) await Promise.all(paths.slice(at, at + AT_ONCE).map(syncOne))
}

/** The file system that the folder is on, whole. Node has no `syncfs`; coreutils do: false where they are not there. */
export async function syncFileSystem(folder: string): Promise<boolean> {
  try {
    await run('sync', ['-f', '--', folder])
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return false
    throw error
  }
}

async function syncOne(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
