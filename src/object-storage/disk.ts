/**
 * Objects as plain files below a folder, at the path that the key names, so that other programs read them as they are.
 *
 * A body goes to a draft first, is synced, and takes its name by a rename. A key cannot be below another object's key
 * here (`a` and `a/b`): a file is no folder.
 */

import { mkdir } from 'node:fs/promises'
import { addAbortSignal, type Readable } from 'node:stream'
import { type Clock, systemClock } from '../base/clock.ts'
import { DomainError, systemCodeOf } from '../base/errors.ts'
import type { BandwidthLimiter } from './bandwidth.ts'
import { FileBody, writeBody } from './disk/body.ts'
import { Draft, removeAbandonedBelow } from './disk/draft.ts'
import { guarded, readFailure } from './disk/failure.ts'
import { Folder } from './disk/folder.ts'
import { listFolder } from './disk/listing.ts'
import { createDiskMany } from './disk/many.ts'
import { type OpenObject, openObject, publish, removeObject } from './disk/object.ts'
import { boundsOf, partsOf, partsOfPrefix } from './key.ts'
import { checkMetadata } from './metadata.ts'
import type { GetOptions, ListOptions, ManyObjects, ObjectInfo, ObjectStorage, PutOptions } from './object-storage.ts'

export interface DiskStorageParts {
  /** Absolute; made with the first object. May itself be a link; nothing below it may. */
  root: string
  /** Of the site that the storage serves. */
  limiter?: BandwidthLimiter
  clock?: Clock
}

/** Touches nothing before the first call; that also removes what a crash left half written. */
export function createDiskStorage(parts: DiskStorageParts): ObjectStorage {
  return new DiskStorage(parts)
}

class DiskStorage implements ObjectStorage {
  readonly name: string
  readonly #path: string
  readonly #clock: Clock
  readonly #limiter: BandwidthLimiter | undefined
  #cleaned: Promise<void> | undefined
  #many: ManyObjects | undefined

  constructor({ root, limiter, clock = systemClock }: DiskStorageParts) {
    this.name = `disk:${root}`
    this.#path = root
    this.#limiter = limiter
    this.#clock = clock
  }

  /** A limit may come and go while it runs. */
  get many(): ManyObjects | undefined {
    if (this.#limiter !== undefined && this.#limiter.bytesPerSecond !== null) return undefined
    const prepare = async () => (await guarded(`using ${this.name}`, () => this.#root()))[Symbol.asyncDispose]()
    this.#many ??= createDiskMany({ name: this.name, path: this.#path, clock: this.#clock, prepare })
    return this.#many
  }

  async put(key: string, body: Readable | Uint8Array, options: PutOptions = {}): Promise<ObjectInfo> {
    const stream = body instanceof Uint8Array ? undefined : body
    try {
      options.signal?.throwIfAborted()
      if (options.signal !== undefined && stream !== undefined) addAbortSignal(options.signal, stream)
      return await this.#store(key, body, options)
    } finally {
      stream?.destroy()
    }
  }

  async get(key: string, options: GetOptions = {}): Promise<{ info: ObjectInfo; body: Readable }> {
    options.signal?.throwIfAborted()
    const doing = `reading ${key} from ${this.name}`
    const found = await guarded(doing, () => this.#open(key))
    if (found === undefined) throw new DomainError('not_found', `${this.name} has no ${key}`)
    try {
      const body = new FileBody(boundsOf(found.info.sizeBytes, options.range), {
        file: found.file,
        doing,
        limiter: this.#limiter,
      })
      return { info: found.info, body: options.signal ? addAbortSignal(options.signal, body) : body }
    } catch (error) {
      await found.file.close()
      throw error
    }
  }

  async head(key: string): Promise<ObjectInfo | undefined> {
    const found = await guarded(`asking for ${key} in ${this.name}`, () => this.#open(key))
    await found?.file.close()
    return found?.info
  }

  async delete(key: string): Promise<void> {
    const parts = partsOf(key)
    await guarded(`deleting ${key} from ${this.name}`, async () => {
      await using root = await this.#rootIfThere()
      if (root !== undefined) await removeObject(root, parts)
    })
  }

  async *list(prefix: string, { shallow }: ListOptions = {}): AsyncGenerator<ObjectInfo> {
    const parts = partsOfPrefix(prefix)
    try {
      await using root = await this.#rootIfThere()
      await using folder = await root?.descendIfThere(parts)
      if (folder !== undefined) yield* listFolder(folder, prefix, shallow)
    } catch (error) {
      throw readFailure(`listing ${prefix || 'all'} of ${this.name}`, error)
    }
  }

  async close(): Promise<void> {
    await this.#cleaned?.catch(() => undefined)
  }

  async #store(key: string, body: Readable | Uint8Array, options: PutOptions): Promise<ObjectInfo> {
    const doing = `storing ${key} in ${this.name}`
    const parts = partsOf(key)
    const metadata = checkMetadata(options.metadata)
    await using root = await guarded(doing, () => this.#root())
    const first = parts.length > 1 ? parts.slice(0, 1) : []
    await using draft = await guarded(doing, () => Draft.in(() => root.descend(first, { make: true })))
    const passage = { file: draft.file, doing, limiter: this.#limiter, signal: options.signal }
    const sizeBytes = await writeBody(body, passage)
    if (options.sizeBytes !== undefined && options.sizeBytes !== sizeBytes)
      throw new DomainError(
        'invalid',
        `${key} was not stored: its body has ${sizeBytes} bytes, not ${options.sizeBytes}`,
      )
    options.signal?.throwIfAborted()
    const modifiedAt = await guarded(doing, () => publish(root, parts, { draft, metadata, clock: this.#clock }))
    return { key, sizeBytes, modifiedAt, metadata }
  }

  async #open(key: string): Promise<OpenObject | undefined> {
    const parts = partsOf(key)
    await using root = await this.#rootIfThere()
    // Awaited here, since the root is closed on return.
    return root && (await openObject(root, parts))
  }

  async #root(): Promise<Folder> {
    await mkdir(this.#path, { recursive: true })
    const root = await Folder.root(this.#path)
    try {
      this.#cleaned ??= removeAbandonedBelow(root, this.#clock)
      await this.#cleaned
      return root
    } catch (error) {
      this.#cleaned = undefined
      await root[Symbol.asyncDispose]()
      throw error
    }
  }

  async #rootIfThere(): Promise<Folder | undefined> {
    try {
      return await Folder.root(this.#path)
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT') return undefined
      throw error
    }
  }
}
