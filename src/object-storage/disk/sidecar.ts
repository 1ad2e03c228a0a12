/**
 * Metadata of objects on a disk, in a hidden folder beside them; an object without metadata has none.
 *
 * Object and sidecar are two files and cannot be replaced in one step. So a sidecar is named for one version of an object
 * (its name, size and time to the nanosecond): written before the object takes its name, removed after the next version
 * has, and never found for another. A copy of the tree that keeps times (`cp -a`, `rsync -a`) keeps metadata. One file may
 * be the sidecar of several objects, by links (`shared-sidecar.ts`); it is never written in place.
 */

import { createHash } from 'node:crypto'
import { type BigIntStats, constants } from 'node:fs'
import { type FileHandle, open, rename, rmdir, unlink } from 'node:fs/promises'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import { RESERVED } from '../key.ts'
import type { Metadata } from '../metadata.ts'
import { Draft } from './draft.ts'
import { type Folder, ignoring } from './folder.ts'

export interface Sidecar {
  /** Of the object in its folder. */
  name: string
  version: BigIntStats
  metadata: Metadata
}

export const SIDECARS = `${RESERVED}metadata`

let lastStampS = 0

/** Gives the file a time that no other version of this process has; file systems count in ticks of milliseconds. */
export async function stamp(file: FileHandle, clock: Clock): Promise<void> {
  const timeS = nextStampS(clock)
  await file.utimes(timeS, timeS)
}

export function nextStampS(clock: Clock): number {
  lastStampS = Math.max(clock.now() / 1000, lastStampS + 1e-6)
  return lastStampS
}

/** `drafts` is where drafts are looked for after a crash. @throws ENOENT when the folder itself was removed */
export async function writeMetadata(drafts: Folder, folder: Folder, sidecar: Sidecar): Promise<void> {
  await using draft = await Draft.in(() => drafts.descend([]))
  await draft.file.writeFile(JSON.stringify(sidecar.metadata))
  await draft.file.sync()
  for (;;) {
    await using sidecars = await folder.enterOrMake(SIDECARS)
    try {
      await rename(draft.path, sidecars.at(sidecarName(sidecar.name, sidecar.version)))
      return await sidecars.sync()
    } catch (error) {
      // Another call removes the folder as long as it is empty.
      if (systemCodeOf(error) !== 'ENOENT' || !(await sidecars.wasRemoved())) throw error
    }
  }
}

/** Undefined when this version has none. @throws unavailable for a sidecar that is damaged */
export async function readMetadata(folder: Folder, name: string, version: BigIntStats): Promise<Metadata | undefined> {
  await using sidecars = await enterIfThere(folder)
  if (sidecars === undefined) return undefined
  const sidecar = sidecarName(name, version)
  await using file = await openIfThere(sidecars.at(sidecar))
  if (file === undefined) return undefined
  return parseMetadata(await file.readFile('utf8'), sidecar, name)
}

export async function removeMetadata(folder: Folder, name: string, version: BigIntStats): Promise<void> {
  await using sidecars = await enterIfThere(folder)
  if (sidecars === undefined) return
  await unlink(sidecars.at(sidecarName(name, version))).catch(ignoring('ENOENT'))
  await rmdir(folder.at(SIDECARS)).catch(ignoring('ENOENT', 'ENOTEMPTY', 'EEXIST'))
}

export function sidecarName(name: string, { size, mtimeNs }: Pick<BigIntStats, 'size' | 'mtimeNs'>): string {
  const short = createHash('sha256').update(name).digest('hex').slice(0, 32)
  return `${short}-${size}-${mtimeNs}.json`
}

/** What a file that is several objects' sidecar says of one. */
export function lineOf(sidecar: string, metadata: Metadata): string {
  return `\n${sidecar} ${JSON.stringify(metadata)}\n`
}

/** `sidecar` is its name; undefined where the file has no line of it. @throws unavailable for a sidecar that is damaged */
export function parseMetadata(text: string, sidecar: string, name: string): Metadata | undefined {
  if (!text.startsWith('\n')) return parseOne(text, name)
  const start = text.indexOf(`\n${sidecar} `)
  if (start < 0) return undefined
  const from = start + sidecar.length + 2
  const end = text.indexOf('\n', from)
  return end < 0 ? undefined : parseOne(text.slice(from, end), name)
}

function parseOne(text: string, name: string): Metadata {
  const damaged = () => new DomainError('unavailable', `the metadata of ${name} are damaged on the disk`)
  try {
    const read: unknown = JSON.parse(text)
    const isSound =
      typeof read === 'object' && read !== null && Object.values(read).every((one) => typeof one === 'string')
    if (isSound) return read as Metadata
  } catch {
    throw damaged()
  }
  throw damaged()
}

async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, constants.O_RDONLY | constants.O_NOFOLLOW)
  } catch (error) {
    return ignoring('ENOENT')(error)
  }
}

async function enterIfThere(folder: Folder): Promise<Folder | undefined> {
  try {
    return await folder.enter(SIDECARS)
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}
