/** What a crash left half done: finished where the ledger's promise holds, undone where it does not (spec/hub.md 9). */

import { type BigIntStats, closeSync, fstatSync } from 'node:fs'
import { messageOf } from '../../base/errors.ts'
import type { Site } from '../site.ts'
import type { FileState, JournalEntry } from '../site-ledger.ts'
import { below, Confined } from './file/confined.ts'
import { removeDraft } from './file/draft.ts'
import { idOf, isSameFile, openAt, reopenForWriting, residentBytes } from './file/open-file.ts'
import { isMissing } from './file/refusal.ts'
import { labelStub } from './file/stub-label.ts'
import { isSameTime } from './file/times.ts'
import { followFolder } from './follow.ts'
import { deleteObject } from './object/forget.ts'
import { factsOf } from './object/object-metadata.ts'
import { targetOf } from './object/target.ts'
import type { MoverParts } from './parts.ts'
import { makeStub } from './punch.ts'

export class Recovery implements Disposable {
  readonly site: Site
  readonly parts: MoverParts
  readonly confined: Confined
  /** What shared code asks an order for. */
  readonly order: { site: Site }

  constructor(site: Site, parts: MoverParts) {
    this.site = site
    this.order = { site }
    this.parts = parts
    this.confined = new Confined(site.roots)
  }

  /** An entry that cannot be finished now, for want of a storage say, stays for the next time. */
  async run(entries: readonly JournalEntry[]): Promise<void> {
    for (const entry of entries) {
      try {
        await this.#finish(entry)
        // Its holder is gone; the lease would keep others waiting.
        this.parts.ledger.unlock([entry.id], entry.details.owner ?? '')
        this.parts.point?.('recovered')
      } catch (error) {
        this.parts.log.error({ path: entry.path, act: entry.act, reason: messageOf(error) }, 'left unfinished')
      }
    }
  }

  [Symbol.dispose](): void {
    this.confined[Symbol.dispose]()
  }

  async #finish(entry: JournalEntry): Promise<void> {
    const { id, act, state, details, path } = entry
    const { ledger } = this.parts
    if (act === 'uploading') await this.#forgetUpload(entry)
    else if (act === 'migrating' && state !== null) return this.#finishPunch(entry, state)
    else if (act === 'recalling' && state !== null) return this.#stubAgain(entry, state, state.stubSizeBytes)
    else if (act === 'stubbing' && state !== null) return this.#finishStub(entry, state)
    else if (act === 'deleting' && details.objects === 'all')
      for (const location of state?.locations ?? []) await deleteObject(this, location)
    else if (act === 'deleting' && this.#isGone(entry)) ledger.commit({ drop: [id] })
    else if (act === 'moving') this.#follow(path, entry)
    ledger.commit({ end: [id] })
  }

  /** An instance that no state names would be found by nobody. */
  async #forgetUpload({ id, details }: JournalEntry): Promise<void> {
    const [known] = this.parts.ledger.states([id])
    const { target = '', key = '', uuid = '' } = details
    if (known?.locations.some((location) => location.uuid === uuid)) return
    await deleteObject(this, { target, key, uuid })
  }

  /** The object is asked for again: nothing is taken away for which there is no other place. */
  async #finishPunch(entry: JournalEntry, state: FileState): Promise<void> {
    const stubSizeBytes = Number(entry.details.stub ?? 0)
    const isVerified = await this.#isStored(state)
    const stats = this.#statOf(entry)
    const isWhole = stats !== undefined && isAsBefore(stats, state)
    if (isVerified && stats !== undefined) return this.#stubAgain(entry, { ...state, stubSizeBytes }, stubSizeBytes)
    if (isWhole) return this.parts.ledger.commit({ drop: [entry.id], end: [entry.id] })
    if (!isVerified) throw new Error(`its object ${state.locations[0]?.key} is not there as it was stored`)
    // Moved meanwhile: wherever it is, its data are in the object.
    const migrated = { ...state, state: 'migrated' as const, stubSizeBytes }
    this.parts.ledger.commit({ set: [migrated], end: [entry.id] })
  }

  async #isStored({ locations, sizeBytes, hash }: FileState): Promise<boolean> {
    const [location] = locations
    if (location === undefined) return false
    const storage = await this.parts.storageFor(targetOf(this.site, location.target))
    const info = await storage.head(location.key)
    if (info === undefined || info.sizeBytes !== sizeBytes) return false
    const facts = factsOf(info.metadata)
    return facts.uuid === location.uuid && (facts.hash.value === '' || facts.hash.value === hash.value)
  }

  /** Punches again, unless somebody wrote to the file after the crash: then the ledger says what it was, and it stays. */
  #stubAgain(entry: JournalEntry, state: FileState, stubSizeBytes: number): void {
    const { ledger } = this.parts
    const migrated = { ...state, state: 'migrated' as const }
    const mtimeNs = this.#withFile(entry, (fd, stats) => {
      const isOurs = entry.act !== 'migrating' || isAsBefore(stats, state) || isHalfPunched(stats, state, stubSizeBytes)
      if (!isOurs) return undefined
      const facts = { size: BigInt(state.sizeBytes), atimeNs: stats.atimeNs, mtimeNs: BigInt(state.mtimeNs) }
      const mtimeNs = String(makeStub(fd, facts, stubSizeBytes).mtimeNs)
      labelStub(this, { ...migrated, mtimeNs })
      return mtimeNs
    })
    ledger.commit({ set: [{ ...migrated, mtimeNs: mtimeNs ?? state.mtimeNs }], end: [entry.id] })
  }

  /** In its place it is a stub, whatever was filled in before the crash; as a draft it never was. */
  #finishStub(entry: JournalEntry, state: FileState): void {
    if (this.#statOf(entry) !== undefined) {
      this.#stubAgain(entry, state, 0)
      return
    }
    const slash = entry.path.lastIndexOf('/')
    try {
      const folder = this.confined.enter(entry.path.slice(0, slash) || '/')
      removeDraft({ at: below(folder.fd, entry.details.draft ?? '') })
      this.confined.release(folder)
    } catch (error) {
      if (!isMissing(error)) throw error
    }
    this.parts.ledger.commit({ drop: [entry.id], end: [entry.id] })
  }

  #isGone(entry: JournalEntry): boolean {
    return this.#statOf(entry) === undefined
  }

  #follow(path: string, entry: JournalEntry): void {
    const stats = this.#statOf(entry)
    if (stats?.isDirectory()) followFolder(this, path)
    if (stats?.isFile()) this.parts.ledger.commit({ follow: [{ id: entry.id, path }] })
  }

  /** Undefined where the path leads to another file by now, or nowhere. */
  #statOf(entry: JournalEntry): BigIntStats | undefined {
    return this.#openEntry(entry, (fd) => fstatSync(fd, { bigint: true }))
  }

  #withFile<Result>(entry: JournalEntry, run: (fd: number, stats: BigIntStats) => Result): Result | undefined {
    return this.#openEntry(entry, (reading, stats) => {
      const fd = reopenForWriting(reading)
      try {
        return run(fd, stats)
      } finally {
        closeSync(fd)
      }
    })
  }

  #openEntry<Result>({ path, id }: JournalEntry, run: (fd: number, stats: BigIntStats) => Result): Result | undefined {
    try {
      const place = this.confined.locate(path)
      try {
        const { fd, stats } = openAt(place)
        try {
          return isSameFile(idOf(stats), id) ? run(fd, stats) : undefined
        } finally {
          closeSync(fd)
        }
      } finally {
        this.confined.release(place.folder)
      }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }
}

function isAsBefore(stats: BigIntStats, { sizeBytes, mtimeNs }: FileState): boolean {
  return Number(stats.size) === sizeBytes && isSameTime(stats.mtimeNs, BigInt(mtimeNs))
}

/** Shortened, or as long as it was, with no more data than a stub's. */
function isHalfPunched(stats: BigIntStats, { sizeBytes }: FileState, stubSizeBytes: number): boolean {
  const isLength = [stubSizeBytes, sizeBytes].includes(Number(stats.size))
  return isLength && residentBytes(stats) <= BigInt(Math.ceil(stubSizeBytes / 65_536) * 65_536)
}
