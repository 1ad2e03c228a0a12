/** What of a known file is on the disk now. */

import type { BigIntStats } from 'node:fs'
import type { FileState } from '../../site-ledger.ts'
import { residentBytes } from './open-file.ts'
import { isSameTime } from './times.ts'

/**
 * `same`: premigrated, and as it was. `stub`: migrated, and nobody wrote to it. `changed`: other data, all of them here.
 * `mixed`: written to while its data were away.
 */
export type Residence = 'same' | 'stub' | 'changed' | 'mixed'

export function residence(stats: BigIntStats, known: FileState): Residence {
  const isUnchanged = Number(stats.size) === known.sizeBytes && isSameTime(stats.mtimeNs, BigInt(known.mtimeNs))
  if (known.state === 'premigrated') return isUnchanged ? 'same' : 'changed'
  if (isUnchanged) return 'stub'
  return residentBytes(stats) < stats.size ? 'mixed' : 'changed'
}
