/**
 * The number of its object that a stub carries in an extended attribute, so that its data can be found without the ledger:
 * after a restore, an `rsync -X` to another disk, a ledger that is lost. No more than that, since ext4 gives a longer
 * attribute a block of its own, and a small stub would save nothing. Left out where file system or account cannot have it.
 */

import { lstatSync } from 'node:fs'
import type { FileState } from '../../site-ledger.ts'
import type { Confined } from './confined.ts'
import { idOf, isSameFile } from './open-file.ts'

/** The attribute's name. */
export const LABEL = 'user.ngenea.guuid'
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

type Labelled = Pick<FileState, 'id' | 'path'>
type At = string | Buffer

interface Labels {
  confined: Confined
}

/** Undefined on a platform for which it has no program. */
const attributes = await import('@napi-rs/xattr').catch(() => undefined)

/** Its mtime stays, its ctime does not. */
export function labelStub(labels: Labels, state: FileState): void {
  withPlace(labels, state, (at) => labelAt(at, state))
}

/** A file that has another name yet. */
export function labelAt(at: At, { locations }: FileState): void {
  const uuid = locations[0]?.uuid ?? ''
  if (UUID.test(uuid)) attempt(() => attributes?.setAttributeSync(textOf(at), LABEL, uuid))
}

export function unlabel(labels: Labels, file: Labelled): void {
  withPlace(labels, file, (at) => attempt(() => attributes?.removeAttributeSync(textOf(at), LABEL)))
}

/** Undefined for none. The file's owner can write it as well: it is worth what the object says. */
export function labelOf(labels: Labels, file: Labelled): string | undefined {
  const label = withPlace(labels, file, (at) => attempt(() => attributes?.getAttributeSync(textOf(at), LABEL)))
  const uuid = String(label ?? '')
  return UUID.test(uuid) ? uuid : undefined
}

/** The calls go by name and not by descriptor, so it must still be the file's. */
function withPlace<Result>({ confined }: Labels, { path, id }: Labelled, run: (at: At) => Result): Result | undefined {
  return attempt(() => {
    const place = confined.locate(path)
    try {
      return isSameFile(idOf(lstatSync(place.at, { bigint: true })), id) ? run(place.at) : undefined
    } finally {
      confined.release(place.folder)
    }
  })
}

/** The binding takes text alone. */
function textOf(at: At): string {
  if (typeof at === 'string') return at
  throw new Error('a name with bytes that are no UTF-8 has no label')
}

/** Best effort: a stub without it is as good while the ledger knows it. */
function attempt<Result>(run: () => Result): Result | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
