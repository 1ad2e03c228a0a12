/** What a file system refused, as a sentence. */

import { DomainError, isDomainError, messageOf, systemCodeOf } from '../../base/errors.ts'

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'the server may not',
  EPERM: 'the server may not',
  EROFS: 'the file system is read-only',
  EIO: 'the disk fails',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
  ENOENT: 'the folder went away',
  EXDEV: 'a folder below it is another file system',
}

/** Answers what `work` answers. @throws unavailable, or invalid for a name that is too long, instead of a system error */
export async function guarded<T>(doing: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw readFailure(doing, error)
  }
}

/** The error for the caller: refusals of the file system in words, everything else as it is. */
export function readFailure(doing: string, error: unknown): unknown {
  const code = systemCodeOf(error)
  if (code === undefined || isDomainError(error) || !/^E[A-Z0-9]+$/.test(code)) return error
  if (code === 'ENAMETOOLONG')
    return new DomainError('invalid', `${doing}: a part of the key is longer than this disk takes`, {}, error)
  return new DomainError('unavailable', `${doing}: ${reasonOf(code)}`, { system: messageOf(error) }, error)
}

function reasonOf(code: string): string {
  const known = REASONS[code]
  return known === undefined ? code : `${known} (${code})`
}
