/**
 * The file that a body is written to before it is an object. It lies in the folder of the key's first part (or in the
 * root): on the same file system, where the tools of an archive pass over it, and where those that a crash left are found
 * without a walk through the whole tree.
 */

import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, lstat, open, opendir, unlink } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Clock } from '../../base/clock.ts'
import { systemCodeOf } from '../../base/errors.ts'
import { RESERVED } from '../key.ts'
import { type Folder, ignoring } from './folder.ts'

const PREFIX = `${RESERVED}partial-`
/** Whether a process of another host lives cannot be asked. */
const FOREIGN_AGE_MS = 86_400_000
const HOST = hostname().replace(/[^a-zA-Z0-9.]/g, '')
const WRITE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
/** The drafts that this process is writing. */
const writing = new Set<string>()

export class Draft implements AsyncDisposable {
  readonly file: FileHandle
  readonly folder: Folder
  readonly #name: string

  private constructor(folder: Folder, name: string, file: FileHandle) {
    this.folder = folder
    this.#name = name
    this.file = file
  }

  /** In the folder that `enter` answers, which is closed with the draft. */
  static async in(enter: () => Promise<Folder>): Promise<Draft> {
    for (;;) {
      const folder = await enter()
      const name = draftName()
      writing.add(name)
      try {
        return new Draft(folder, name, await open(folder.at(name), WRITE_NEW))
      } catch (error) {
        writing.delete(name)
        const wasRemoved = await folder.wasRemoved()
        await folder[Symbol.asyncDispose]()
        if (!wasRemoved) throw error
      }
    }
  }

  get path(): string {
    return this.folder.at(this.#name)
  }

  /** Closes the file; removes it unless it was renamed. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.file.close()
      await unlink(this.path).catch(ignoring('ENOENT'))
    } finally {
      writing.delete(this.#name)
      await this.folder[Symbol.asyncDispose]()
    }
  }
}

/** Found after a crash of this process by whoever cleans up. */
export function draftName(): string {
  return `${PREFIX}${HOST}-${process.pid}-${randomBytes(8).toString('hex')}`
}

/** Removes the drafts in the root and the folders in it that nobody writes any more. */
export async function removeAbandonedBelow(root: Folder, clock: Clock): Promise<void> {
  await removeAbandoned(root, clock)
  for await (const entry of await opendir(root.at(''))) {
    if (!entry.isDirectory()) continue
    await using folder = await root.descendIfThere([entry.name])
    if (folder !== undefined) await removeAbandoned(folder, clock)
  }
}

async function removeAbandoned(folder: Folder, clock: Clock): Promise<void> {
  const names = await namesOfDrafts(folder)
  for (const name of names) {
    if (await isAbandoned(folder, name, clock)) await unlink(folder.at(name)).catch(ignoring('ENOENT'))
  }
}

async function namesOfDrafts(folder: Folder): Promise<string[]> {
  const names: string[] = []
  for await (const { name } of await opendir(folder.at(''))) if (name.startsWith(PREFIX)) names.push(name)
  return names
}

async function isAbandoned(folder: Folder, name: string, clock: Clock): Promise<boolean> {
  const [, host, pid] = /^(.*)-(\d+)-[0-9a-f]+$/.exec(name.slice(PREFIX.length)) ?? []
  if (Number(pid) === process.pid && host === HOST) return !writing.has(name)
  if (host === HOST) return !isAlive(Number(pid))
  const stats = await lstat(folder.at(name)).catch(ignoring('ENOENT'))
  return stats !== undefined && clock.now() - stats.mtimeMs > FOREIGN_AGE_MS
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCodeOf(error) === 'EPERM'
  }
}
