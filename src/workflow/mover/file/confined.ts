/**
 * Paths that cannot lead out of a site's roots. Each part is opened below the descriptor of the one before
 * (`/proc/self/fd/N/part`, which is `openat`) and never through a link, so that a folder which somebody swaps for a link
 * meanwhile leads nowhere. Rights are those of the account that acts at the moment of the call.
 */

import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { DomainError, systemCodeOf } from '../../../base/errors.ts'
import { bytesOfPath, textOfPath } from '../../path-name.ts'

/** Linux on all machines that Node knows; it needs the right to enter a folder, not to list it. */
const O_PATH = 0o10000000
const ENTER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW
/** Folders that are kept open for the next path; those of places in use come on top. */
const KEPT = 256

/** A name in an open folder. */
export interface Place {
  /** For calls of the file system until the place is released. */
  at: string | Buffer
  name: string
  folder: Folder
}

export interface Folder {
  fd: number
  path: string
  uses: number
}

/** Where a name in an open folder is; '' for the folder itself. */
export function below(fd: number, name: string): string | Buffer {
  const text = `/proc/self/fd/${fd}/${name}`
  return /[\ud800-\udfff]/.test(name) ? bytesOfPath(text) : text
}

export class Confined implements Disposable {
  readonly #roots: readonly string[]
  readonly #folders = new Map<string, Folder>()

  constructor(roots: readonly string[]) {
    this.#roots = roots.toSorted((one, other) => other.length - one.length)
  }

  /** The root that holds the path. @throws forbidden for a path outside, invalid for one that is not plain */
  rootOf(path: string): string {
    checkPath(path)
    const root = this.#roots.find((one) => path === one || path.startsWith(one === '/' ? one : `${one}/`))
    if (root !== undefined) return root
    throw new DomainError('forbidden', `it lies outside of the site's roots (${this.#roots.join(', ')})`)
  }

  /** To be released. With `make`, folders that are missing are made. @throws DomainError, system errors */
  locate(path: string, { make = false } = {}): Place {
    if (this.rootOf(path) === path) throw new DomainError('forbidden', 'it is a root of the site itself')
    const slash = path.lastIndexOf('/')
    const folder = this.#enter(path.slice(0, slash) || '/', make)
    folder.uses += 1
    const name = path.slice(slash + 1)
    return { at: below(folder.fd, name), name, folder }
  }

  /** A folder or root itself, to be released as a place is. */
  enter(path: string): Folder {
    this.rootOf(path)
    const folder = this.#enter(path, false)
    folder.uses += 1
    return folder
  }

  release(folder: Folder): void {
    folder.uses -= 1
    for (const [path, { uses, fd }] of this.#folders) {
      if (this.#folders.size <= KEPT) return
      if (uses > 0) continue
      this.#folders.delete(path)
      closeSync(fd)
    }
  }

  /** After a folder was moved or removed: nothing below it is where it was. */
  forget(path: string): void {
    for (const [known, { uses, fd }] of this.#folders) {
      if (known !== path && !known.startsWith(`${path}/`)) continue
      if (uses > 0) continue
      this.#folders.delete(known)
      closeSync(fd)
    }
  }

  [Symbol.dispose](): void {
    for (const { fd } of this.#folders.values()) closeSync(fd)
    this.#folders.clear()
  }

  #enter(path: string, make: boolean): Folder {
    const known = this.#folders.get(path)
    if (known !== undefined) {
      // Last in the order in which they are closed.
      this.#folders.delete(path)
      this.#folders.set(path, known)
      return known
    }
    const folder = { fd: this.#open(path, make), path, uses: 0 }
    this.#folders.set(path, folder)
    return folder
  }

  #open(path: string, make: boolean): number {
    if (this.#roots.includes(path)) return openSync(bytesOfPath(path), O_PATH | constants.O_DIRECTORY)
    const slash = path.lastIndexOf('/')
    const above = this.#enter(path.slice(0, slash) || '/', make)
    const at = below(above.fd, path.slice(slash + 1))
    try {
      return openSync(at, ENTER)
    } catch (error) {
      const code = systemCodeOf(error)
      if (code === 'ENOTDIR' || code === 'ELOOP')
        throw new DomainError('forbidden', `${path} is a link, which is not followed, or no folder`)
      if (code !== 'ENOENT' || !make) throw error
    }
    makeFolder(at)
    return openSync(at, ENTER)
  }
}

function makeFolder(at: string | Buffer): void {
  try {
    mkdirSync(at)
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST') throw error
  }
}

function checkPath(path: string): void {
  const parts = path.split('/').slice(1)
  const isPlain =
    path === '/' || (path.startsWith('/') && parts.every((part) => part !== '' && part !== '.' && part !== '..'))
  if (!isPlain || path.includes('\0'))
    throw new DomainError('invalid', 'it is no plain absolute path: write it without //, . and .. and a / at its end')
  if (!path.isWellFormed() && textOfPath(bytesOfPath(path)) !== path)
    throw new DomainError('invalid', 'it holds half a character: a byte that is no UTF-8 is written as U+DC00 + byte')
}
