/** One object on a disk: its file takes a name, is opened, and goes. */

import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, lstat, open, rename, rmdir, unlink } from 'node:fs/promises'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import type { Metadata } from '../metadata.ts'
import type { ObjectInfo } from '../object-storage.ts'
import type { Draft } from './draft.ts'
import { type Folder, ignoring } from './folder.ts'
import { readMetadata, removeMetadata, stamp, writeMetadata } from './sidecar.ts'

export interface OpenObject {
  /** Whoever gets it closes it. */
  file: FileHandle
  info: ObjectInfo
}

interface Written {
  draft: Draft
  metadata: Metadata
  clock: Clock
}

/** O_NONBLOCK: what lies there may be a pipe, and opening that would wait for a writer. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Makes what was written the object, for good. Answers its time. @throws conflict where a folder has that name */
export async function publish(root: Folder, parts: readonly string[], written: Written): Promise<number> {
  const { draft, metadata, clock } = written
  const hasMetadata = Object.keys(metadata).length > 0
  if (hasMetadata) await stamp(draft.file, clock)
  await draft.file.sync()
  const version = await draft.file.stat({ bigint: true })
  for (;;) {
    await using folder = await root.descend(parts.slice(0, -1), { make: true })
    try {
      if (hasMetadata) await writeMetadata(draft.folder, folder, { name: nameOf(parts), version, metadata })
      await replace(folder, nameOf(parts), draft)
      return Number(version.mtimeMs)
    } catch (error) {
      // A delete that runs meanwhile takes folders away as long as they are empty.
      if (systemCodeOf(error) !== 'ENOENT' || !(await folder.wasRemoved())) throw error
    }
  }
}

async function replace(folder: Folder, name: string, draft: Draft): Promise<void> {
  const before = await statOf(folder, name)
  if (before?.isDirectory())
    throw new DomainError(
      'conflict',
      `${JSON.stringify(name)} is a folder with objects, and on a disk no object besides`,
    )
  await rename(draft.path, folder.at(name))
  await folder.sync()
  if (before !== undefined) await removeMetadata(folder, name, before)
}

export async function openObject(root: Folder, parts: readonly string[]): Promise<OpenObject | undefined> {
  await using folder = await root.descendIfThere(parts.slice(0, -1))
  if (folder === undefined) return undefined
  for (;;) {
    const file = await openFile(folder, nameOf(parts))
    if (file === undefined) return undefined
    const found = await describe(folder, parts, file).catch(closing(file))
    if (found !== 'replaced') return found && { file, info: found }
    await file.close()
  }
}

/** Undefined (and the file is closed) for what is no object. */
async function describe(
  folder: Folder,
  parts: readonly string[],
  file: FileHandle,
): Promise<ObjectInfo | undefined | 'replaced'> {
  const stats = await file.stat({ bigint: true })
  if (!stats.isFile()) {
    await file.close()
    return undefined
  }
  const metadata = await readMetadata(folder, nameOf(parts), stats)
  // Without a sidecar it has no metadata, or it was replaced, and they were removed, since it was opened.
  if (metadata === undefined && (await statOf(folder, nameOf(parts)))?.ino !== stats.ino) return 'replaced'
  const { size, mtimeMs } = stats
  return { key: parts.join('/'), sizeBytes: Number(size), modifiedAt: Number(mtimeMs), metadata: metadata ?? {} }
}

/** Deletes the object, and the folders that are empty without it. */
export async function removeObject(root: Folder, parts: readonly string[]): Promise<void> {
  {
    await using folder = await root.descendIfThere(parts.slice(0, -1))
    if (folder === undefined) return
    const stats = await statOf(folder, nameOf(parts))
    if (stats === undefined || stats.isDirectory()) return
    await unlink(folder.at(nameOf(parts))).catch(ignoring('ENOENT'))
    await folder.sync()
    await removeMetadata(folder, nameOf(parts), stats)
  }
  await prune(root, parts.slice(0, -1))
}

async function prune(root: Folder, parts: readonly string[]): Promise<void> {
  for (let depth = parts.length; depth > 0; depth--) {
    await using above = await root.descendIfThere(parts.slice(0, depth - 1))
    try {
      if (above !== undefined) await rmdir(above.at(parts[depth - 1]!))
    } catch (error) {
      return ignoring('ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR', 'EBUSY')(error)
    }
  }
}

async function openFile(folder: Folder, name: string): Promise<FileHandle | undefined> {
  try {
    return await open(folder.at(name), READ)
  } catch (error) {
    // ELOOP: a link, which is no object here. ENXIO: a socket.
    return ignoring('ENOENT', 'ELOOP', 'ENXIO')(error)
  }
}

async function statOf(folder: Folder, name: string): Promise<BigIntStats | undefined> {
  return lstat(folder.at(name), { bigint: true }).catch(ignoring('ENOENT'))
}

function closing(file: FileHandle): (error: unknown) => Promise<never> {
  return async (error) => {
    await file.close()
    throw error
  }
}

const nameOf = (parts: readonly string[]) => parts.at(-1)!
