/** Folders below a root, opened without promises and kept open for the next name, as `Folder` does it one by one. */

import { closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { DomainError, systemCodeOf } from '../../base/errors.ts'

const ENTER = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW
const KEPT = 128

export class Folders implements Disposable {
  readonly #root: number
  /** By parts joined; the one longest unused first. */
  readonly #open = new Map<string, number>()

  /** @throws ENOENT */
  constructor(path: string) {
    this.#root = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY)
  }

  /** Where a name in the folder of these parts is, until the next call. @throws ENOENT, conflict */
  at(parts: readonly string[], name: string, { make = false } = {}): string {
    return `/proc/self/fd/${this.#enter(parts, make)}/${name}`
  }

  [Symbol.dispose](): void {
    for (const fd of this.#open.values()) closeSync(fd)
    closeSync(this.#root)
  }

  #enter(parts: readonly string[], make: boolean): number {
    if (parts.length === 0) return this.#root
    const key = parts.join('/')
    const known = this.#open.get(key)
    if (known !== undefined) {
      this.#open.delete(key)
      this.#open.set(key, known)
      return known
    }
    const fd = enter(this.at(parts.slice(0, -1), parts.at(-1)!, { make }), make)
    this.#open.set(key, fd)
    this.#closeOldest()
    return fd
  }

  #closeOldest(): void {
    if (this.#open.size <= KEPT) return
    const [key, fd] = this.#open.entries().next().value!
    this.#open.delete(key)
    closeSync(fd)
  }
}

function enter(at: string, make: boolean): number {
  try {
    return openSync(at, ENTER)
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOTDIR' || code === 'ELOOP')
      throw new DomainError(
        'conflict',
        'a part of the key is a link or an object, and nothing can be below it',
        {},
        error,
      )
    if (code !== 'ENOENT' || !make) throw error
  }
  mkdirSync(at, { recursive: true })
  return openSync(at, ENTER)
}
