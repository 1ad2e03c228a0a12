/**
 * A tree below a folder in the order of the paths' bytes, a piece at a time. Links are never followed, also not when one
 * takes the place of a folder meanwhile: each folder is opened below the one before.
 */

import {
  type BigIntStats,
  closeSync,
  constants,
  type Dirent,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  type Stats,
} from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { below } from '../mover/file/confined.ts'
import { DRAFT_PREFIX } from '../mover/file/draft.ts'
import { isMissing } from '../mover/file/refusal.ts'
import type { PathType } from '../path-entry.ts'
import { bytesOfPath, textOfPath } from '../path-name.ts'
import { comparePaths, sortNames } from './path-order.ts'

const READ = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

export interface Found<Facts extends Stats | BigIntStats = Stats> {
  path: string
  type: PathType
  stats: Facts
}

export interface WalkManner {
  /** The folder, open; it is the caller's to close. */
  fd: number
  path: string
  /** Everything up to here was told before. */
  after?: string | undefined
  crossesFileSystems?: boolean
  /** Folders that are told of, but not entered. */
  isPruned?(path: string): boolean
  /** A folder that could not be read, which is passed over. */
  refused(path: string, error: unknown): void
}

interface Frame {
  fd: number
  path: string
  /** A folder stands here twice: as itself, and with a slash for what is in it. */
  names: readonly string[]
  at: number
}

export class TreeWalk<Facts extends Stats | BigIntStats = Stats> implements Disposable {
  readonly #manner: WalkManner
  readonly #frames: Frame[] = []
  readonly #stat: (path: string | Buffer) => Facts | undefined
  readonly #dev: bigint

  /**
   * With the rights of whoever acts now, as each `next`. What is known of a file is what `stat` asks for.
   * @throws system errors when the folder itself cannot be read
   */
  constructor(manner: WalkManner, stat: (path: string | Buffer) => Facts | undefined) {
    this.#manner = manner
    this.#stat = stat
    const fd = openSync(`/proc/self/fd/${manner.fd}/.`, constants.O_RDONLY | constants.O_DIRECTORY)
    this.#dev = fstatSync(fd, { bigint: true }).dev
    this.#push(fd, manner.path)
  }

  /** At most so many; none at the end. */
  next(most: number): Found<Facts>[] {
    const found: Found<Facts>[] = []
    using place = new WorkingFolder()
    while (found.length < most) {
      const frame = this.#frames.at(-1)
      if (frame === undefined) break
      const name = frame.names[frame.at]
      frame.at += 1
      if (name === undefined) this.#pop()
      else if (name.endsWith('/')) this.#descend(frame, name.slice(0, -1))
      else this.#look(frame, place.below(frame.fd, name), name, found)
    }
    return found
  }

  [Symbol.dispose](): void {
    while (this.#frames.length > 0) this.#pop()
  }

  #look({ path }: Frame, at: string | Buffer, name: string, found: Found<Facts>[]): void {
    const whole = path === '/' ? `/${name}` : `${path}/${name}`
    const { after } = this.#manner
    if (after !== undefined && comparePaths(whole, after) <= 0) return
    const stats = this.#stat(at)
    const type = stats && typeOf(stats)
    if (stats !== undefined && type !== undefined) found.push({ path: whole, type, stats })
  }

  #descend({ fd, path }: Frame, name: string): void {
    const whole = path === '/' ? `/${name}` : `${path}/${name}`
    if (this.#isBehind(whole) || this.#manner.isPruned?.(whole)) return
    try {
      const inside = openSync(below(fd, name), READ)
      const isOther = fstatSync(inside, { bigint: true }).dev !== this.#dev
      if (isOther && !this.#manner.crossesFileSystems) closeSync(inside)
      else this.#push(inside, whole)
    } catch (error) {
      if (!isMissing(error)) this.#manner.refused(whole, error)
    }
  }

  /** All that is in the folder was told before. */
  #isBehind(folder: string): boolean {
    const { after } = this.#manner
    return after !== undefined && comparePaths(`${folder}/`, after) < 0 && !after.startsWith(`${folder}/`)
  }

  #push(fd: number, path: string): void {
    try {
      this.#frames.push({ fd, path, names: namesIn(fd), at: 0 })
    } catch (error) {
      closeSync(fd)
      throw error
    }
  }

  #pop(): void {
    const frame = this.#frames.pop()
    if (frame !== undefined) closeSync(frame.fd)
  }
}

/**
 * A process that stands in a folder asks for its files at half the price. It stands there for as long as nobody else in it
 * can run, and threads of a process cannot stand anywhere else than it does.
 */
class WorkingFolder implements Disposable {
  readonly #home = isMainThread ? process.cwd() : undefined
  #fd: number | undefined

  below(fd: number, name: string): string | Buffer {
    if (this.#home === undefined) return below(fd, name)
    if (this.#fd !== fd) process.chdir(`/proc/self/fd/${fd}`)
    this.#fd = fd
    return /[\ud800-\udfff]/.test(name) ? bytesOfPath(name) : name
  }

  [Symbol.dispose](): void {
    if (this.#home === undefined || this.#fd === undefined) return
    try {
      process.chdir(this.#home)
    } catch {
      // Gone, or not the submitter's to enter; nothing here goes by it.
      process.chdir('/')
    }
  }
}

export const statQuickly = (path: string | Buffer) => lstatSync(path, { throwIfNoEntry: false })
export const statExactly = (path: string | Buffer) => lstatSync(path, { bigint: true, throwIfNoEntry: false })

/** With the names of folders once more, with a slash. */
function namesIn(fd: number): string[] {
  const names: string[] = []
  for (const { name, isFolder } of entriesOf(fd)) {
    if (name.startsWith(DRAFT_PREFIX)) continue
    names.push(name)
    if (isFolder) names.push(`${name}/`)
  }
  return sortNames(names)
}

function* entriesOf(fd: number): Generator<{ name: string; isFolder: boolean }> {
  const entries = readdirSync(`/proc/self/fd/${fd}/`, { withFileTypes: true })
  if (!entries.some(({ name }) => name.includes('\ufffd'))) {
    for (const entry of entries) yield { name: entry.name, isFolder: isFolder(fd, entry.name, entry) }
    return
  }
  // A byte that is no UTF-8, or a real U+FFFD: once more as bytes.
  for (const entry of readdirSync(`/proc/self/fd/${fd}/`, { withFileTypes: true, encoding: 'buffer' })) {
    const name = textOfPath(entry.name)
    yield { name, isFolder: isFolder(fd, name, entry) }
  }
}

type Kind = Pick<Dirent, 'isDirectory' | 'isFile' | 'isSymbolicLink'>

/** Some file systems do not say with the name what it is. */
function isFolder(fd: number, name: string, kind: Kind): boolean {
  if (kind.isDirectory()) return true
  if (kind.isFile() || kind.isSymbolicLink()) return false
  return lstatSync(below(fd, name), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/** Undefined for pipes, sockets and devices. */
export function typeOf(stats: Pick<Stats, 'isFile' | 'isDirectory' | 'isSymbolicLink'>): PathType | undefined {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : undefined
}
