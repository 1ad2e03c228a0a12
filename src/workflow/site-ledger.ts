/**
 * What a site knows of its files, as a contract: where each managed file's data is, what is being done to it, and what the
 * tree looked like the last time. One database a site, shared by its movers; written in groups, durable when a promise or
 * call returns.
 */

/** An inode that is still the one it was: a number alone may be given again. */
export interface FileId {
  dev: string
  ino: string
  /** Birth time in ns where the filesystem has one, else '0'. */
  birth: string
}

export interface Location {
  target: string
  key: string
  uuid: string
}

export interface FileState {
  id: FileId
  /** As of the last step. */
  path: string
  state: 'premigrated' | 'migrated'
  locations: readonly Location[]
  sizeBytes: number
  mtimeNs: string
  hash: { algorithm: string; value: string }
  mode: number
  uid: number
  gid: number
  stubSizeBytes: number
}

/** An intention that must be finished or undone when it is found after a crash (spec/hub.md 9). */
export interface JournalEntry {
  id: FileId
  path: string
  act: 'uploading' | 'migrating' | 'recalling' | 'stubbing' | 'deleting' | 'moving'
  state: FileState | null
  /** What the act needs to be finished. */
  details: Readonly<Record<string, string>>
}

export interface ManifestEntry {
  /** Below the manifest's root. */
  path: string
  ino: string
  type: 'file' | 'directory' | 'symlink'
  sizeBytes: number
  mtimeNs: string
  ctimeNs: string
}

/** The accepted one where nothing is said. */
export type Generation = 'accepted' | 'draft'

export interface SiteLedger {
  /** By id, in the order asked; undefined where nothing is known. */
  states(ids: readonly FileId[]): (FileState | undefined)[]
  stateAt(path: string): FileState | undefined
  /**
   * All in one commit: states set (by id) or dropped, journal entries written or cleared. What is followed keeps the state
   * and the journal's entry that it has by then, at its new path.
   */
  commit(changes: {
    set?: readonly FileState[]
    drop?: readonly FileId[]
    follow?: readonly { id: FileId; path: string }[]
    begin?: readonly JournalEntry[]
    end?: readonly FileId[]
  }): void
  /** What was begun and not ended. */
  journal(): JournalEntry[]
  /** Takes locks for an owner, all or those that are free; answers those that were taken. A lock of a dead owner is free. */
  lock(ids: readonly FileId[], owner: string, leaseMs: number): FileId[]
  unlock(ids: readonly FileId[], owner: string): void
  /** All that an owner has, from now on for so long. */
  keepLocks(owner: string, leaseMs: number): void
  /** What the dead held: all locks of an owner, or of all. */
  unlockAll(owner?: string): void
  /** Below a folder, for a file browser: the states of the files known there, by name. */
  statesBelow(folder: string): Map<string, FileState>

  /** By the bytes of the paths, or backwards; a snapdiff reads the accepted one beside the draft. */
  manifest(name: string, which?: Generation, isBackwards?: boolean): IterableIterator<ManifestEntry>
  manifestEntryByIno(name: string, ino: string, which?: Generation): ManifestEntry | undefined
  manifestEntryAt(name: string, path: string, which?: Generation): ManifestEntry | undefined
  /** Writes the next manifest of that name beside the accepted one. */
  draft(name: string, entries: readonly ManifestEntry[]): void
  clearDraft(name: string): void
  /** The draft becomes the accepted one, in one step. */
  rotate(name: string): void
  close(): void
}
