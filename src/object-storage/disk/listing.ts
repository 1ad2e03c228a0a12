/** The objects below a folder in the order of their keys, one folder's names in memory at a time. */

import type { Dirent } from 'node:fs'
import { lstat, readdir } from 'node:fs/promises'
import { isDomainError, systemCodeOf } from '../../base/errors.ts'
import { RESERVED } from '../key.ts'
import type { ObjectInfo } from '../object-storage.ts'
import { type Folder, ignoring } from './folder.ts'

/** How many files are asked about at a time. */
const BATCH = 64

interface Entry {
  name: string
  isFolder: boolean
  /** As in keys: a folder's name with its slash, in UTF-8. */
  order: Buffer
}

/** `prefix` is the folder's own key with its slash. Links, sockets and what is hidden by this house are passed over. */
export async function* listFolder(folder: Folder, prefix: string, shallow = false): AsyncGenerator<ObjectInfo> {
  const entries = await entriesOf(folder)
  for (let at = 0; at < entries.length; at += BATCH) {
    const batch = entries.slice(at, at + BATCH)
    const infos = await Promise.all(batch.map((entry) => infoOf(folder, prefix, entry)))
    for (const [place, { name, isFolder }] of batch.entries()) {
      const info = infos[place]
      if (info !== undefined) yield info
      const key = `${prefix}${name}/`
      if (isFolder && shallow) yield { key, sizeBytes: 0, modifiedAt: 0, metadata: {} }
      else if (isFolder) yield* listInside(folder, name, key)
    }
  }
}

async function* listInside(folder: Folder, name: string, prefix: string): AsyncGenerator<ObjectInfo> {
  await using inside = await enterStill(folder, name)
  if (inside !== undefined) yield* listFolder(inside, prefix)
}

/** Undefined when the folder went away, or became something else, since it was listed. */
async function enterStill(folder: Folder, name: string): Promise<Folder | undefined> {
  try {
    return await folder.enter(name)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT' || isDomainError(error, 'conflict')) return undefined
    throw error
  }
}

async function entriesOf(folder: Folder): Promise<Entry[]> {
  const found = await readdir(folder.at(''), { withFileTypes: true })
  return found
    .filter((entry) => (entry.isFile() || entry.isDirectory()) && !entry.name.startsWith(RESERVED))
    .map(entryOf)
    .sort((a, b) => a.order.compare(b.order))
}

function entryOf(entry: Dirent): Entry {
  const isFolder = entry.isDirectory()
  return { name: entry.name, isFolder, order: Buffer.from(isFolder ? `${entry.name}/` : entry.name) }
}

async function infoOf(folder: Folder, prefix: string, { name, isFolder }: Entry): Promise<ObjectInfo | undefined> {
  if (isFolder) return undefined
  const stats = await lstat(folder.at(name), { bigint: true }).catch(ignoring('ENOENT'))
  if (!stats?.isFile()) return undefined
  return { key: `${prefix}${name}`, sizeBytes: Number(stats.size), modifiedAt: Number(stats.mtimeMs), metadata: {} }
}
