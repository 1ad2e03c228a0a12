/**
 * What stands in a folder of a site. The server reads it itself: no step is worth a wait here. Where it acts for others
 * (root), the mode bits say whether the caller could have read it; access lists beyond them are not looked at, so that a
 * folder may be refused that a list would open.
 */

import type { BigIntStats } from 'node:fs'
import { constants, type FileHandle, lstat, open, readdir, readlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type Caller, permit } from '../../auth/caller.ts'
import type { Clock } from '../../base/clock.ts'
import { DomainError, systemCodeOf } from '../../base/errors.ts'
import { bytesOfPath, textOfPath } from '../../workflow/path-name.ts'
import type { Site } from '../../workflow/site.ts'
import type { FileState, SiteLedger } from '../../workflow/site-ledger.ts'
import type { Identity } from '../../workflow/task-order.ts'
import { checkedPath } from './paths.ts'
import { type Room, siteNamed } from './room.ts'
import { unknownName } from './submit.ts'
import type { SiteFile } from './workflows.ts'

/** What a site knows of its files; undefined where nobody can say. */
export type FindLedger = (site: string) => Pick<SiteLedger, 'states'> | undefined

const MOST_CHILDREN = 50_000
const LOOKS_AT_ONCE = 64
const BLOCK_BYTES = 512
const SEARCH = 0o1
const READ = 0o4

export async function browse(
  room: Room,
  findLedger: FindLedger,
  caller: Caller,
  { site: name, path }: { site: string; path: string },
): Promise<{ self: SiteFile; children: SiteFile[] }> {
  permit(caller, 'view', caller.user)
  const site = siteNamed(room, name)
  if (!site) throw unknownName('site', name)
  const wanted = checkedPath(site, path.startsWith('/') ? path : `/${path}`, 'path')
  const identity = await room.findIdentity(caller.user)
  try {
    return await look(site, wanted, identity, findLedger(name))
  } catch (error) {
    const code = systemCodeOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') throw new DomainError('not_found', `There is no ${path} on ${name}.`)
    if (code === 'EACCES' || code === 'EPERM') throw unreadable(path, caller.user)
    throw error
  }
}

/**
 * The answer, unless it takes longer: a folder that a dead server exports keeps whoever looks at it. 0 waits for ever.
 * @throws unavailable
 */
export function within<Answer>(clock: Clock, mostMs: number, answer: Promise<Answer>): Promise<Answer> {
  if (mostMs === 0) return answer
  return new Promise((resolve, reject) => {
    const late = () =>
      reject(new DomainError('unavailable', `The site has not answered within ${mostMs / 1000} s; try again.`))
    const cancel = clock.after(mostMs, late)
    answer.then(resolve, reject).finally(cancel)
  })
}

type Ledger = ReturnType<FindLedger>

async function look(site: Site, path: string, identity: Identity | null, ledger: Ledger) {
  await checkWay(site, path, identity)
  const stats = await lstat(bytesOfPath(path), { bigint: true })
  const [self] = filesOf([{ path, stats }], ledger)
  if (!stats.isDirectory()) return { self: self!, children: [] }
  await using folder = await openFolder(path)
  if (identity && !may(identity, await folder.stat({ bigint: true }), READ)) throw unreadable(path, identity.name)
  return { self: self!, children: filesOf(await childrenOf(folder, path), ledger) }
}

/** Every folder on the way is no link, and may be entered. @throws invalid, forbidden */
async function checkWay({ roots }: Site, path: string, identity: Identity | null): Promise<void> {
  if (roots.includes(path)) return
  const folder = dirname(path)
  await using opened = await openFolder(folder)
  if (identity === null) return
  for (let above = folder; ; above = dirname(above)) {
    const stats =
      above === folder ? await opened.stat({ bigint: true }) : await lstat(bytesOfPath(above), { bigint: true })
    if (!may(identity, stats, SEARCH)) throw unreadable(path, identity.name)
    if (above === '/') return
  }
}

/** The very folder that was asked for, by no link. */
async function openFolder(path: string): Promise<FileHandle> {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants
  const folder = await open(bytesOfPath(path), O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
  const real = textOfPath(await readlink(`/proc/self/fd/${folder.fd}`, { encoding: 'buffer' }))
  if (real === path) return folder
  await folder.close()
  throw new DomainError('invalid', `A part of ${path} is a link, which is not followed.`, { field: 'path' })
}

interface Found {
  path: string
  stats: BigIntStats
}

async function childrenOf(folder: FileHandle, path: string): Promise<Found[]> {
  const at = `/proc/self/fd/${folder.fd}`
  const names = await readdir(at, { encoding: 'buffer' })
  if (names.length > MOST_CHILDREN)
    throw new DomainError('invalid', `${path} has more than ${MOST_CHILDREN} entries, too many to show.`, {
      field: 'path',
    })
  const found: Found[] = []
  for (let from = 0; from < names.length; from += LOOKS_AT_ONCE) {
    const looks = names.slice(from, from + LOOKS_AT_ONCE).map(async (name) => {
      const stats = await lstat(Buffer.concat([Buffer.from(`${at}/`), name]), { bigint: true }).catch(() => undefined)
      return stats ? [{ path: join(path, textOfPath(name)), stats }] : []
    })
    found.push(...(await Promise.all(looks)).flat())
  }
  return found.toSorted((one, other) => (one.path < other.path ? -1 : 1))
}

function may({ uid, gid, groups }: Identity, stats: BigIntStats, bit: number): boolean {
  if (uid === 0) return true
  const mode = Number(stats.mode)
  if (Number(stats.uid) === uid) return (mode & (bit << 6)) !== 0
  const isMember = [gid, ...groups].includes(Number(stats.gid))
  return (mode & (isMember ? bit << 3 : bit)) !== 0
}

function filesOf(found: readonly Found[], ledger: Ledger): SiteFile[] {
  const ids = found.map(({ stats }) => ({
    dev: String(stats.dev),
    ino: String(stats.ino),
    birth: String(stats.birthtimeNs),
  }))
  const states = ledger?.states(ids) ?? []
  return found.map((one, index) => fileOf(one, states[index]))
}

function fileOf({ path, stats }: Found, state: FileState | undefined): SiteFile {
  return {
    name: basename(path),
    path,
    type: typeOf(stats),
    sizeBytes: Number(stats.size),
    residentBytes: Number(stats.blocks) * BLOCK_BYTES,
    mtime: Number(stats.mtimeMs),
    ctime: Number(stats.ctimeMs),
    atime: Number(stats.atimeMs),
    mode: Number(stats.mode),
    uid: Number(stats.uid),
    gid: Number(stats.gid),
    status: state?.state ?? 'resident',
  }
}

function typeOf(stats: BigIntStats): SiteFile['type'] {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  return stats.isSymbolicLink() ? 'symlink' : 'other'
}

function unreadable(path: string, user: string): DomainError {
  return new DomainError('forbidden', `${user} may not read ${path}.`, { by: 'host' })
}
