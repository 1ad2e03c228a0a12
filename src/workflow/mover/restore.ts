/** A file whose data are back: its times as they were, or now, and what the ledger says of it. */

import { fstatSync } from 'node:fs'
import type { FileState } from '../site-ledger.ts'
import type { OpenFile } from './file/open-file.ts'
import { keepRights } from './file/rights.ts'
import { setTimes } from './file/times.ts'
import type { Watch } from './file/watch.ts'
import type { Work } from './work.ts'

const NS_PER_MS = 1_000_000n

interface Recalled {
  file: OpenFile
  known: FileState
  fd: number
  watch: Watch
}

export function restored(
  work: Work,
  { file, known, fd, watch }: Recalled,
  { setsAtime = false, setsMtime = false }: { setsAtime?: boolean; setsMtime?: boolean },
): FileState {
  // Written to since it was whole again: its time says so, and nobody takes it for what was stored.
  if (!watch.isUndisturbed) return { ...known, path: file.path, state: 'premigrated' }
  const nowNs = BigInt(work.parts.clock.now()) * NS_PER_MS
  keepRights(fd, Number(file.stats.mode))
  setTimes(fd, {
    atimeNs: setsAtime ? nowNs : file.stats.atimeNs,
    mtimeNs: setsMtime ? nowNs : BigInt(known.mtimeNs),
  })
  const { mtimeNs } = fstatSync(fd, { bigint: true })
  return { ...known, path: file.path, state: 'premigrated', mtimeNs: String(mtimeNs) }
}
