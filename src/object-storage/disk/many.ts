/**
 * Small objects by the hundred on a disk. Each is a draft that is renamed, as in `object.ts`, and its metadata a sidecar,
 * but all are made durable together, and only then has any of them been stored: until then a power failure may leave an
 * object shorter than it was, which its sidecar, named for its size, does not describe.
 */

import {
  type BigIntStats,
  closeSync,
  constants,
  fstatSync,
  futimesSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import { partsOf } from '../key.ts'
import { checkMetadata } from '../metadata.ts'
import type { ManyObjects, ObjectInfo, SmallObject } from '../object-storage.ts'
import { draftName } from './draft.ts'
import { makeDurable } from './durable.ts'
import { readFailure } from './failure.ts'
import { Folders } from './folders.ts'
import { SharedSidecars } from './shared-sidecar.ts'
import { nextStampS, parseMetadata, SIDECARS, sidecarName } from './sidecar.ts'

const WRITE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export interface DiskManyParts {
  /** For messages. */
  name: string
  path: string
  clock: Clock
  /** Makes the root where it is missing, and clears it of what a crash left. */
  prepare(): Promise<void>
}

export function createDiskMany(parts: DiskManyParts): ManyObjects {
  return {
    head: async (keys) => headAll(parts, keys),
    async put(objects) {
      await parts.prepare()
      const written = new Set<string>([parts.path])
      const results = putAll(parts, objects, written)
      await makeAllDurable(parts, written)
      return results
    },
  }
}

function headAll({ name, path }: DiskManyParts, keys: readonly string[]): (ObjectInfo | undefined | Error)[] {
  try {
    using folders = new Folders(path)
    return keys.map((key) => attempt(`asking for ${key} in ${name}`, () => headOne(folders, key)))
  } catch (error) {
    const failure = readFailure(`asking ${name}`, error) as Error
    return keys.map(() => (systemCodeOf(error) === 'ENOENT' ? undefined : failure))
  }
}

function attempt<Result>(doing: string, run: () => Result): Result | Error {
  try {
    return run()
  } catch (error) {
    return readFailure(doing, error) as Error
  }
}

function headOne(folders: Folders, key: string): ObjectInfo | undefined {
  const { above, name } = splitKey(key)
  const stats = statIfThere(folders, above, name)
  if (stats === undefined || !stats.isFile()) return undefined
  const metadata = readSidecar(folders, above, { name, stats })
  return { key, sizeBytes: Number(stats.size), modifiedAt: Number(stats.mtimeMs), metadata }
}

function statIfThere(folders: Folders, above: readonly string[], name: string): BigIntStats | undefined {
  try {
    return lstatSync(folders.at(above, name), { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function readSidecar(folders: Folders, above: readonly string[], object: { name: string; stats: BigIntStats }) {
  try {
    const sidecar = sidecarName(object.name, object.stats)
    const text = readFileSync(folders.at([...above, SIDECARS], sidecar), 'utf8')
    return parseMetadata(text, sidecar, object.name) ?? {}
  } catch (error) {
    if (systemCodeOf(error) === 'ENOENT') return {}
    throw error
  }
}

function putAll(
  { name, path, clock }: DiskManyParts,
  objects: readonly SmallObject[],
  written: Set<string>,
): (Error | undefined)[] {
  using folders = new Folders(path)
  using sidecars = new SharedSidecars()
  const storing = { folders, sidecars, clock }
  return objects.map((object) => {
    const stored = attempt(`storing ${object.key} in ${name}`, () => putOne(storing, object))
    if (stored instanceof Error) return stored
    for (const relative of stored) written.add(`${path}/${relative}`)
    return undefined
  })
}

interface Storing {
  folders: Folders
  sidecars: SharedSidecars
  clock: Clock
}

/** Answers everything that was written, below the root: files, and the folders that name them. */
function putOne({ folders, sidecars, clock }: Storing, { key, body, metadata }: SmallObject): string[] {
  const { parts, above, name } = splitKey(key)
  checkMetadata(metadata)
  const draft = draftName()
  const draftAbove = parts.length > 1 ? parts.slice(0, 1) : []
  try {
    const stats = writeDraft(folders.at(draftAbove, draft, { make: true }), body, clock)
    // First, since it may close the folder of the draft, which is open below.
    const sidecar = sidecarName(name, stats)
    addSidecar({ folders, sidecars }, [...above, SIDECARS], sidecar, metadata)
    const before = statIfThere(folders, above, name)
    if (before?.isDirectory())
      throw new DomainError(
        'conflict',
        `${JSON.stringify(name)} is a folder with objects, and on a disk no object besides`,
      )
    const from = folders.at(draftAbove, draft)
    renameSync(from, folders.at(above, name))
    if (before !== undefined) removeSidecar(folders.at([...above, SIDECARS], sidecarName(name, before)))
    const besides = [...above, SIDECARS].join('/')
    return [key, besides, `${besides}/${sidecar}`, ...above.map((_part, at) => above.slice(0, at + 1).join('/'))]
  } catch (error) {
    removeSidecar(folders.at(draftAbove, draft))
    throw error
  }
}

function writeDraft(at: string, body: Uint8Array, clock: Clock): BigIntStats {
  const fd = openSync(at, WRITE_NEW)
  try {
    writeAll(fd, body)
    const timeS = nextStampS(clock)
    futimesSync(fd, timeS, timeS)
    return fstatSync(fd, { bigint: true })
  } finally {
    closeSync(fd)
  }
}

function addSidecar(
  { folders, sidecars }: Pick<Storing, 'folders' | 'sidecars'>,
  above: readonly string[],
  name: string,
  metadata: SmallObject['metadata'],
): void {
  // A version of the same size and time, by another process's clock: its file may be others' as well.
  removeSidecar(folders.at(above, name, { make: true }))
  sidecars.add(above, name, metadata, (parts, one) => folders.at(parts, one))
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done)
}

function removeSidecar(at: string): void {
  try {
    unlinkSync(at)
  } catch (error) {
    if (systemCodeOf(error) !== 'ENOENT') throw error
  }
}

async function makeAllDurable({ name, path }: DiskManyParts, written: ReadonlySet<string>): Promise<void> {
  try {
    await makeDurable(path, [...written])
  } catch (error) {
    throw readFailure(`making objects durable in ${name}`, error)
  }
}

function splitKey(key: string): { parts: string[]; above: string[]; name: string } {
  const parts = partsOf(key)
  return { parts, above: parts.slice(0, -1), name: parts.at(-1)! }
}
