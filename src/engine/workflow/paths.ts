/** The paths of a submission: absolute, normalised, inside the site's roots; and what stands there. */

import type { Stats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { isAbsolute, normalize } from 'node:path'
import { DomainError } from '../../base/errors.ts'
import type { PathEntry } from '../../workflow/path-entry.ts'
import { bytesOfPath } from '../../workflow/path-name.ts'
import type { Site } from '../../workflow/site.ts'

const LONGEST_BYTES = 4095
const LONGEST_STATE = 100
const LOOKS_AT_ONCE = 32

export type GivenPath = { path: string; state: string }

/** @throws invalid, about `paths` */
export function checkedPaths(site: Site, given: readonly { path: string; state?: string }[]): GivenPath[] {
  if (given.length === 0) throw refused('This list may not be empty.')
  return given.map(({ path, state = 'processed' }) => {
    if (state.length === 0 || state.length > LONGEST_STATE) throw refused(`"${state.slice(0, 20)}" is no state.`)
    return { path: checkedPath(site, path), state }
  })
}

/** @throws invalid, about `field` */
export function checkedPath({ name, roots }: Pick<Site, 'name' | 'roots'>, path: string, field = 'paths'): string {
  if (path === '') throw refused('This field may not be blank.', field)
  if (path.includes('\0') || bytesOfPath(path).length > LONGEST_BYTES)
    throw refused(`A path has at most ${LONGEST_BYTES} bytes, and no NUL.`, field)
  if (!isAbsolute(path)) throw refused(`"${path}" is no absolute path.`, field)
  const normal = normalize(path).replace(/(?<=.)\/+$/, '')
  if (!roots.some((root) => isWithin(root, normal)))
    throw refused(`"${path}" is outside of the site ${name}, which has ${roots.join(', ')}.`, field)
  return normal
}

function isWithin(root: string, path: string): boolean {
  return path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`)
}

/** As they stand; what is not there, or cannot be seen, is taken for a file that its step will say more about. */
export async function entriesOf(paths: readonly GivenPath[]): Promise<PathEntry[]> {
  const entries: PathEntry[] = []
  for (let from = 0; from < paths.length; from += LOOKS_AT_ONCE)
    entries.push(...(await Promise.all(paths.slice(from, from + LOOKS_AT_ONCE).map(entryOf))))
  return entries
}

async function entryOf({ path, state }: GivenPath): Promise<PathEntry> {
  const stats = await lstat(bytesOfPath(path)).catch(() => undefined)
  return { path, state, type: typeOf(stats), sizeBytes: stats?.isFile() ? stats.size : 0 }
}

function typeOf(stats: Stats | undefined): PathEntry['type'] {
  if (stats?.isDirectory()) return 'directory'
  return stats?.isSymbolicLink() ? 'symlink' : 'file'
}

function refused(message: string, field = 'paths'): DomainError {
  return new DomainError('invalid', message, { field })
}
