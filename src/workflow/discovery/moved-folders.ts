/** Folders that have another path than in the accepted manifest, with all that is in them. In memory: there are few. */

import type { Generation, ManifestEntry, SiteLedger } from '../site-ledger.ts'

export class MovedFolders {
  /** In the order in which they are moved. */
  readonly all: { from: string; to: string }[] = []
  readonly #byTo = new Map<string, string>()
  readonly #byFrom = new Map<string, string>()

  add(from: string, to: string): void {
    this.all.push({ from, to })
    this.#byTo.set(to, from)
    this.#byFrom.set(from, to)
  }

  /** Where a path of now was before, as far as folders were moved. */
  before(path: string): string {
    return along(path, this.#byTo)
  }

  /** Where a path of before is, once the folders were moved. */
  after(path: string): string {
    return along(path, this.#byFrom)
  }

  isMoved(path: string): boolean {
    return this.#byTo.has(path)
  }
}

/** By the deepest folder that holds it. */
function along(path: string, moves: ReadonlyMap<string, string>): string {
  if (moves.size === 0) return path
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) {
    const to = moves.get(path.slice(0, at))
    if (to !== undefined) return `${to}${path.slice(at)}`
  }
  return path
}

/**
 * Of a file its time and size too: a number alone may have been given again. Not of a folder, whose time changes with what
 * is in it, and where a mistake does no harm: whatever lies in a moved folder is compared on its own.
 */
export function isSameThing(one: ManifestEntry, other: ManifestEntry): boolean {
  if (one.ino !== other.ino || one.type !== other.type) return false
  return one.type === 'directory' || (one.sizeBytes === other.sizeBytes && one.mtimeNs === other.mtimeNs)
}

/** Both generations of a manifest. */
export class Generations {
  readonly #ledger: SiteLedger
  readonly #name: string

  constructor(ledger: SiteLedger, name: string) {
    this.#ledger = ledger
    this.#name = name
  }

  all(which: Generation, isBackwards = false): IterableIterator<ManifestEntry> {
    return this.#ledger.manifest(this.#name, which, isBackwards)
  }

  at(path: string, which: Generation): ManifestEntry | undefined {
    return this.#ledger.manifestEntryAt(this.#name, path, which)
  }

  /** Where the thing was that is not where it was; undefined for what is new. */
  origin(now: ManifestEntry): ManifestEntry | undefined {
    const old = this.#ledger.manifestEntryByIno(this.#name, now.ino, 'accepted')
    if (old === undefined || old.path === now.path || !isSameThing(old, now)) return undefined
    // Still where it was, or here before: another name of the same file.
    if (this.at(now.path, 'accepted')?.ino === now.ino) return undefined
    return this.at(old.path, 'draft')?.ino === now.ino ? undefined : old
  }

  /** Where the thing is now that is not where it was. */
  destination(old: ManifestEntry): ManifestEntry | undefined {
    const now = this.#ledger.manifestEntryByIno(this.#name, old.ino, 'draft')
    return now !== undefined && now.path !== old.path && isSameThing(old, now) ? now : undefined
  }
}

/** A folder whose parent was moved along with it is no move of its own. */
export function findMovedFolders(generations: Generations): MovedFolders {
  const moved = new MovedFolders()
  for (const now of generations.all('draft')) {
    if (now.type !== 'directory') continue
    const old = generations.origin(now)
    if (old !== undefined && moved.before(now.path) !== old.path) moved.add(old.path, now.path)
  }
  return moved
}
