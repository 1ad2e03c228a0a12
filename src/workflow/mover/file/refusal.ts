/** What went wrong with one path, as a sentence that says what happened and, where it is known, what to do. */

import { isDomainError, messageOf, systemCodeOf } from '../../../base/errors.ts'
import type { Identity } from '../../task-order.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is no folder',
  ELOOP: 'it is a link now, which is not followed',
  ENOSPC: 'the disk is full; free some space and run it again',
  EDQUOT: 'the quota is used up; free some space and run it again',
  EFBIG: 'the file would be larger than this process may write',
  EROFS: 'the file system is read-only',
  EIO: 'the disk fails (EIO)',
  EMFILE: 'too many files are open; raise the limit of open files',
  ENFILE: 'too many files are open on this machine',
  ETXTBSY: 'it is a program that is running',
  ENAMETOOLONG: 'a part of the path is longer than the file system takes',
  ENOTEMPTY: 'the folder is not empty',
  EEXIST: 'something else has that name',
  EXDEV: 'it would go to another file system',
  EISDIR: 'it is a folder',
}

export function sentenceOf(error: unknown, identity: Identity | null): string {
  if (isDomainError(error)) return error.message
  const code = systemCodeOf(error) ?? ''
  if (code === 'EACCES' || code === 'EPERM')
    return `${identity?.name ?? "the mover's account"} may not (${code}); ask its owner for the right, or submit as one who has it`
  return REASONS[code] ?? messageOf(error)
}

export function isMissing(error: unknown): boolean {
  return systemCodeOf(error) === 'ENOENT'
}
