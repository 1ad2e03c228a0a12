/** Brings a file's data to its object, or finds them there; what the ledger may say of it afterwards is verified. */

import { randomUUID } from 'node:crypto'
import { DomainError } from '../../../base/errors.ts'
import type { ObjectInfo, ObjectStorage, SmallObject } from '../../../object-storage/object-storage.ts'
import type { FileState, Location } from '../../site-ledger.ts'
import { hashAll, isSmall, readSmall, streamOf } from '../file/content.ts'
import { createHasher, type HashAlgorithm, isHashAlgorithm } from '../file/hash.ts'
import type { OpenFile } from '../file/open-file.ts'
import type { Work } from '../work.ts'
import type { Kept } from './key-map.ts'
import { factsOf, metadataOf } from './object-metadata.ts'

export interface Copying {
  file: OpenFile
  kept: Kept
  storage: ObjectStorage
  /** What the ledger knows of it. */
  known: FileState | undefined
  /** Ends its passage: nothing of it is left then. */
  signal: AbortSignal
}

export interface CopyOptions {
  algorithm: HashAlgorithm
  overwrite: boolean
  failOnMismatch: boolean
}

/** What is to be stored, as it was when it was read. */
export interface Local {
  hash: string
  /** Of a small file. */
  body: Buffer | undefined
}

/** Which object holds the data, or is to. */
export interface Choice {
  key: string
  uuid: string
  isThere: boolean
  /** Beside an object that holds something else. */
  isInstance: boolean
  /** Whether an object is overwritten. */
  isReplacing: boolean
}

export interface Chosen {
  copying: Copying
  local: Local
  choice: Choice
}

export type Head = (key: string) => ObjectInfo | undefined | Promise<ObjectInfo | undefined>

/** Reads a file whole, or lets it pass through the hash. @throws the signal's reason */
export async function readLocal({ file, signal }: Copying, algorithm: HashAlgorithm): Promise<Local> {
  const hasher = await createHasher(algorithm)
  const body = isSmall(file) ? readSmall(file) : undefined
  if (body === undefined) await hashAll(file, hasher, signal)
  else hasher.update(body)
  return { hash: hasher.digest(), body }
}

/** @throws conflict with fail_on_mismatch; unavailable */
export async function choose(copying: Copying, local: Local, options: CopyOptions, head: Head): Promise<Choice> {
  const { known, kept } = copying
  const before = known?.locations.find(({ target }) => target === kept.target.name)?.key
  if (before !== undefined && before !== kept.key) {
    const info = await head(before)
    if (info !== undefined && (await holds(copying, info, local, options))) return adopted(info)
  }
  const info = await head(kept.key)
  const uuid = randomUUID()
  const fresh = { key: kept.key, uuid, isThere: false, isInstance: false, isReplacing: false }
  if (info === undefined) return fresh
  if (await holds(copying, info, local, options)) {
    if (options.failOnMismatch) checkSameRights(copying.file, info)
    return adopted(info)
  }
  if (options.failOnMismatch)
    throw new DomainError(
      'conflict',
      `${copying.storage.name} holds something else under ${kept.key}: nothing was changed`,
    )
  if (options.overwrite) return { ...fresh, isReplacing: true }
  return { ...fresh, key: `${kept.key}.${uuid}`, isInstance: true }
}

function adopted(info: ObjectInfo): Choice {
  return { key: info.key, uuid: factsOf(info.metadata).uuid, isThere: true, isInstance: false, isReplacing: false }
}

/** By the hash that the object carries; an object of another program, or by another hash, is read. */
async function holds(
  { file, storage, signal }: Copying,
  info: ObjectInfo,
  local: Local,
  options: CopyOptions,
): Promise<boolean> {
  if (BigInt(info.sizeBytes) !== file.stats.size) return false
  const { hash, type } = factsOf(info.metadata)
  if (type !== 'file') return false
  if (hash.value !== '' && hash.algorithm === options.algorithm) return hash.value === local.hash
  const hasher = await createHasher(options.algorithm)
  const { body } = await storage.get(info.key, { signal })
  for await (const piece of body) hasher.update(piece as Buffer)
  return hasher.digest() === local.hash
}

function checkSameRights({ stats }: OpenFile, info: ObjectInfo): void {
  const { mode, uid, gid } = factsOf(info.metadata)
  const isSame =
    (mode ?? Number(stats.mode) & 0o7777) === (Number(stats.mode) & 0o7777) &&
    (uid ?? Number(stats.uid)) === Number(stats.uid) &&
    (gid ?? Number(stats.gid)) === Number(stats.gid)
  if (!isSame)
    throw new DomainError('conflict', `its object ${info.key} says another mode or owner: nothing was changed`)
}

export function objectOf({ file }: Copying, local: Local, choice: Choice, algorithm: string): SmallObject {
  const facts = describe(file, { algorithm, value: local.hash })
  return { key: choice.key, body: local.body ?? Buffer.alloc(0), metadata: metadataOf(choice.uuid, facts) }
}

/** @throws conflict when the file was changed meanwhile; unavailable */
export async function put(work: Work, copying: Copying, local: Local, object: SmallObject): Promise<void> {
  const { file, storage, signal } = copying
  const sizeBytes = Number(file.stats.size)
  if (local.body !== undefined) {
    await storage.put(object.key, object.body, { metadata: object.metadata, sizeBytes: local.body.length, signal })
    return
  }
  const algorithm = object.metadata['ngenea-hash-alg'] ?? ''
  const hasher = await createHasher(isHashAlgorithm(algorithm) ? algorithm : 'sha256')
  const body = streamOf(file, hasher, (passed) => work.tellBytes(file.index, passed))
  await storage.put(object.key, body, { metadata: object.metadata, sizeBytes, signal })
  if (hasher.digest() !== local.hash)
    throw new DomainError('conflict', 'checksum mismatch: the file was read twice and was not the same')
}

/** Asks the storage what it has, whatever it said to the upload. @throws unavailable */
export function verify({ file, storage }: Copying, local: Local, choice: Choice, info: ObjectInfo | undefined): void {
  const facts = info && factsOf(info.metadata)
  const wrong =
    info === undefined
      ? 'it is not there'
      : BigInt(info.sizeBytes) !== file.stats.size
        ? `it has ${info.sizeBytes} bytes instead of ${file.stats.size}`
        : facts?.hash.value !== local.hash || facts.uuid !== choice.uuid
          ? 'it is another object'
          : undefined
  if (wrong === undefined) return
  throw new DomainError(
    'unavailable',
    `checksum mismatch: ${choice.key} was stored in ${storage.name}, but now ${wrong}; the file stays as it is, run it again`,
  )
}

/** What an object and the ledger both say of a file. */
export function describe({ stats }: Pick<OpenFile, 'stats'>, hash: FileState['hash']) {
  return {
    sizeBytes: Number(stats.size),
    mtimeNs: String(stats.mtimeNs),
    hash,
    mode: Number(stats.mode) & 0o7777,
    uid: Number(stats.uid),
    gid: Number(stats.gid),
  }
}

/** What the ledger is to say; other targets keep their copies as long as these hold the same. */
export function premigrated({ file, kept, known }: Copying, hash: FileState['hash'], choice: Choice): FileState {
  const location: Location = { target: kept.target.name, key: choice.key, uuid: choice.uuid }
  const isSame = known?.hash.algorithm === hash.algorithm && known.hash.value === hash.value
  const others = isSame ? known.locations.filter(({ target }) => target !== location.target) : []
  return {
    id: file.id,
    path: file.path,
    state: 'premigrated',
    locations: [location, ...others],
    ...describe(file, hash),
    stubSizeBytes: 0,
  }
}
