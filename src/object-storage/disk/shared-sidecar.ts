/**
 * Metadata of many objects in few files: a line an object, and the file linked under the sidecar's name of each. To make
 * a file costs some disks more than all else that is done for a small object, and another name for one next to nothing.
 */

import { closeSync, constants, linkSync, openSync, writeSync } from 'node:fs'
import { systemCodeOf } from '../../base/errors.ts'
import type { Metadata } from '../metadata.ts'
import { lineOf } from './sidecar.ts'

/** Whoever asks for one object reads the lines of all. */
const LINES = 64
const WRITE_NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

interface Shared {
  fd: number
  /** One of its names, by parts. */
  above: readonly string[]
  name: string
  lines: number
}

/** Where a name in a folder is, for at least two calls. */
export type PathOf = (above: readonly string[], name: string) => string

export class SharedSidecars implements Disposable {
  #shared: Shared | undefined

  /** The name must not be there yet: what has it may be others' as well. @throws system errors */
  add(above: readonly string[], name: string, metadata: Metadata, pathOf: PathOf): void {
    const line = Buffer.from(lineOf(name, metadata))
    const shared = this.#shared
    if (shared === undefined || shared.lines >= LINES || !append(shared, line) || !link(shared, above, name, pathOf))
      this.#begin(above, name, line, pathOf)
  }

  [Symbol.dispose](): void {
    if (this.#shared !== undefined) closeSync(this.#shared.fd)
  }

  #begin(above: readonly string[], name: string, line: Buffer, pathOf: PathOf): void {
    this[Symbol.dispose]()
    this.#shared = undefined
    const fd = openSync(pathOf(above, name), WRITE_NEW)
    this.#shared = { fd, above, name, lines: 0 }
    if (!append(this.#shared, line)) throw Object.assign(new Error('a short write'), { code: 'ENOSPC' })
  }
}

/** False where the line is not whole; the next must not follow it. */
function append(shared: Shared, line: Buffer): boolean {
  shared.lines += 1
  return writeSync(shared.fd, line) === line.length
}

/** False where the disk has no links, or no more of them, or the first name is gone. */
function link(shared: Shared, above: readonly string[], name: string, pathOf: PathOf): boolean {
  try {
    linkSync(pathOf(shared.above, shared.name), pathOf(above, name))
    return true
  } catch (error) {
    if (systemCodeOf(error) === 'EEXIST') throw error
    return false
  }
}
