/**
 * A folder below the root of a disk, reached part by part without following a link. Each step starts at the descriptor
 * of the one before (`/proc/self/fd/N/part`, which is `openat`), so that nobody who swaps a folder for a link meanwhile
 * leads a path out of the root.
 */

import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open } from 'node:fs/promises'
import { DomainError, isDomainError, systemCodeOf } from '../../base/errors.ts'

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants

export class Folder implements AsyncDisposable {
  readonly #handle: FileHandle

  private constructor(handle: FileHandle) {
    this.#handle = handle
  }

  static async root(path: string): Promise<Folder> {
    return new Folder(await open(path, O_RDONLY | O_DIRECTORY))
  }

  /** Where `name` in this folder is, for calls of the file system while the folder is open; '' for the folder itself. */
  at(name: string): string {
    return `/proc/self/fd/${this.#handle.fd}/${name}`
  }

  /** @throws ENOENT; conflict where the name is something else than a folder */
  async enter(name: string): Promise<Folder> {
    try {
      return new Folder(await open(this.at(name), O_RDONLY | O_DIRECTORY | O_NOFOLLOW))
    } catch (error) {
      if (systemCodeOf(error) === 'ENOTDIR' || systemCodeOf(error) === 'ELOOP') throw await this.#notAFolder(name)
      throw error
    }
  }

  /** As `enter`; the folder is made, for good, where it is missing. */
  async enterOrMake(name: string): Promise<Folder> {
    for (;;) {
      try {
        return await this.enter(name)
      } catch (error) {
        if (systemCodeOf(error) !== 'ENOENT') throw error
      }
      // Gone again at once where another call prunes empty folders: ENOENT only if this folder itself is gone.
      await mkdir(this.at(name)).catch(ignoring('EEXIST'))
      await this.sync()
    }
  }

  /** The folder below, which the caller closes; this one stays open. */
  async descend(parts: readonly string[], { make = false } = {}): Promise<Folder> {
    let here = new Folder(await open(this.at(''), O_RDONLY | O_DIRECTORY))
    for (const part of parts) {
      await using above = here
      here = make ? await above.enterOrMake(part) : await above.enter(part)
    }
    return here
  }

  /** Undefined where there is no such folder, be it a file or a link: there are no objects below. */
  async descendIfThere(parts: readonly string[]): Promise<Folder | undefined> {
    try {
      return await this.descend(parts)
    } catch (error) {
      if (systemCodeOf(error) === 'ENOENT' || isDomainError(error, 'conflict')) return undefined
      throw error
    }
  }

  /** Makes what was named and renamed here outlive a power failure. */
  async sync(): Promise<void> {
    await this.#handle.sync()
  }

  /** True when an empty folder was removed while it was open here: the next attempt finds, or makes, another. */
  async wasRemoved(): Promise<boolean> {
    return (await this.#handle.stat()).nlink === 0
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
  }

  async #notAFolder(name: string): Promise<DomainError> {
    const isLink = (await lstat(this.at(name)).catch(() => undefined))?.isSymbolicLink()
    const what = isLink ? 'a link, which is not followed' : 'an object, and on a disk nothing can be below one'
    return new DomainError('conflict', `${JSON.stringify(name)} is ${what}`)
  }
}

/** For `catch`: these system errors are no failure. */
export function ignoring(...codes: string[]): (error: unknown) => undefined {
  return (error) => {
    if (!codes.includes(systemCodeOf(error) ?? '')) throw error
  }
}
