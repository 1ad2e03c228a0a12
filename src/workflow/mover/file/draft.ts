/** A file that is made under a hidden name beside its own, so that nobody takes a half-made one, or zeros, for the file. */

import { type BigIntStats, closeSync, constants, fstatSync, lstatSync, openSync, renameSync, unlinkSync } from 'node:fs'
import { DomainError } from '../../../base/errors.ts'
import type { Work } from '../work.ts'
import { below, type Place } from './confined.ts'
import { isUntouched } from './open-file.ts'
import { isMissing } from './refusal.ts'

/** Discovery passes over such names. */
export const DRAFT_PREFIX = '.yardmaster-partial-'
const WRITE_NEW = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

export interface Draft {
  /** Of the file itself; its folder is held until the draft is done with. */
  place: Place
  at: string | Buffer
  name: string
}

/** The same when the task is done again, so that a crash leaves nothing that nobody finds. */
export function draftOf(work: Work, place: Place, index: number): Draft {
  const name = `${DRAFT_PREFIX}${work.order.task}-${index}`
  return { place, name, at: below(place.folder.fd, name) }
}

/** With the rights of whoever acts now; removes what a crash left. */
export function createDraft({ at }: Draft): { fd: number; stats: BigIntStats } {
  removeDraft({ at })
  const fd = openSync(at, WRITE_NEW, 0o600)
  try {
    return { fd, stats: fstatSync(fd, { bigint: true }) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

export function removeDraft({ at }: Pick<Draft, 'at'>): void {
  try {
    unlinkSync(at)
  } catch (error) {
    if (!isMissing(error)) throw error
  }
}

/** Puts the draft in the place of what was found there. @throws conflict when somebody changed the one or the other since */
export function publish({ at, place }: Draft, ino: bigint, found: BigIntStats | undefined): void {
  if (lstatSync(at, { bigint: true }).ino !== ino)
    throw new DomainError(
      'conflict',
      'somebody put another file in the place of the one that was being made; run it again',
    )
  const now = lstatSync(place.at, { bigint: true, throwIfNoEntry: false })
  const isAsFound = found === undefined || now === undefined ? now === found : isUntouched(found, now)
  if (!isAsFound)
    throw new DomainError('conflict', 'somebody put a file there, or changed the one there, meanwhile: it stays')
  renameSync(at, place.at)
}
