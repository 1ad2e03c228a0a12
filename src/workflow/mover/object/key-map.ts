/**
 * Which object holds a path's data. The key is the path below the target's folder, as it is but for what no key can hold:
 * `%`, control characters, bytes that are no UTF-8, and names that the storage keeps for itself are percent-encoded.
 */

import { isDeepStrictEqual } from 'node:util'
import { DomainError } from '../../../base/errors.ts'
import { RESERVED } from '../../../object-storage/key.ts'
import type { PathEntry } from '../../path-entry.ts'
import { bytesOfPath } from '../../path-name.ts'
import type { Site, Target } from '../../site.ts'

const LONGEST = 1024

export interface Kept {
  target: Target
  key: string
}

/** @throws invalid where the site has no target for it or the key is too long */
export function keptAt(site: Site, path: string, endpoint = ''): Kept {
  const target = targetFor(site, path, endpoint)
  const key = keyFor(path.slice(target.below === '/' ? 1 : target.below.length + 1))
  const length = Buffer.byteLength(key)
  if (length > LONGEST)
    throw new DomainError(
      'invalid',
      `its key would have ${length} bytes, more than the ${LONGEST} of an object: shorten the path, or set up a target below a deeper folder`,
    )
  return { target, key }
}

/** The target of the name, or the one of the deepest folder that holds the path. */
function targetFor(site: Site, path: string, endpoint: string): Target {
  const holding = site.targets.filter(({ below }) => below === '' || below === '/' || path.startsWith(`${below}/`))
  const named = endpoint === '' ? holding : holding.filter(({ name }) => name === endpoint)
  const [deepest] = named.toSorted((one, other) => other.below.length - one.below.length)
  if (deepest !== undefined) return deepest
  const which = endpoint === '' ? 'target' : `target ${endpoint}`
  throw new DomainError('invalid', `site ${site.name} has no ${which} for it: add one under [[sites.targets]]`)
}

/** Of a relative path. */
export function keyFor(relative: string): string {
  const escaped = relative.replace(/[%\0-\x1f\x7f\udc80-\udcff]/g, (one, at: number) =>
    isHalfOfPair(relative, at) ? one : percent(bytesOfPath(one)),
  )
  return escaped.replace(/(^|\/)\./g, (start, slash: string, at: number) =>
    escaped.startsWith(RESERVED, at + slash.length) ? `${slash}%2E` : start,
  )
}

function isHalfOfPair(text: string, at: number): boolean {
  const before = text.charCodeAt(at - 1)
  return before >= 0xd800 && before <= 0xdbff
}

function percent(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')
}

export interface Mapped extends Kept {
  /** On the site that works. */
  path: string
}

/**
 * Where a path of another site lies here, and its object in a target that both sites have: the same bucket and prefix, or
 * the same folder, whatever it is called and wherever it is below.
 */
export function mappedTo(site: Site, origin: Site, path: string, endpoint = ''): Mapped {
  if (site.name === origin.name) return { ...keptAt(site, path, endpoint), path }
  const kept = keptAt(origin, path, endpoint)
  const here = site.targets.find((target) => isSameStorage(target, kept.target))
  if (here === undefined)
    throw new DomainError(
      'invalid',
      `site ${site.name} has no target over the storage of ${origin.name}'s target ${kept.target.name}: add one under [[sites.targets]]`,
    )
  const relative = path.slice(kept.target.below === '/' ? 0 : kept.target.below.length)
  return { key: kept.key, target: here, path: `${here.below === '/' ? '' : here.below}${relative}` }
}

/** As `mappedTo`, but where the step before left its data elsewhere, that object. */
export function objectOf(site: Site, origin: Site, { path, object }: PathEntry, endpoint: string): Mapped {
  if (object === undefined || (endpoint !== '' && endpoint !== object.target))
    return mappedTo(site, origin, path, endpoint)
  return { ...mappedTo(site, origin, path, object.target), key: object.key }
}

/** Where a path of another site lies here; where no target says, it has the same path. */
export function pathOn(site: Site, origin: Site, path: string): string {
  if (site.name === origin.name || origin.targets.length === 0) return path
  return mappedTo(site, origin, path).path
}

function isSameStorage(one: Target, other: Target): boolean {
  return isDeepStrictEqual(one.storage, other.storage) && one.s3.endpoint === other.s3.endpoint
}
