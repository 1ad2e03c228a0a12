/** Takes the data of files away that are safe elsewhere: a stub keeps its size, its times, its inode, and its first bytes. */

import { type BigIntStats, closeSync, fstatSync, ftruncateSync } from 'node:fs'
import type { FileState, JournalEntry } from '../site-ledger.ts'
import { isUntouched, type OpenFile, reopenAsOwner, reopenForWriting, statAgain } from './file/open-file.ts'
import { openWriters } from './file/open-writers.ts'
import { keepRights } from './file/rights.ts'
import { labelStub } from './file/stub-label.ts'
import { syncFiles } from './file/sync-files.ts'
import { setTimes } from './file/times.ts'
import type { Copied } from './object/copy-all.ts'
import type { Work } from './work.ts'

interface Writable extends Copied {
  fd: number
}

/** The ledger knows each as premigrated, and its object was verified since it was read. Settles all. */
export async function punchAll(work: Work, copied: readonly Copied[], stubSizeBytes: number): Promise<void> {
  const writers = openWriters(work.order.site.roots)
  const writable = openAll(work, copied)
  try {
    const free = writable.filter((one) => isFree(work, one, writers))
    if (free.length === 0) return
    work.parts.ledger.commit({ begin: free.map(({ state }) => intention(work, state, stubSizeBytes)) })
    work.point('migrating')
    const states = free.flatMap((one) => punchOne(work, one, stubSizeBytes))
    for (const state of states) labelStub(work, state)
    work.point('punched')
    await syncFiles(free)
    work.parts.ledger.commit({ set: states, end: free.map(({ state }) => state.id) })
    work.point('migrated')
    for (const { copying, movedBytes } of free) work.settle(copying.file.index, 'processed', '', movedBytes)
  } finally {
    for (const { fd } of writable) closeSync(fd)
  }
}

function intention(work: Work, state: FileState, stubSizeBytes: number): JournalEntry {
  const details = { owner: work.owner, stub: String(stubSizeBytes) }
  return { id: state.id, path: state.path, act: 'migrating', state, details }
}

/** To write, as the submitter; a file of his that he made read-only as well. */
function openAll(work: Work, copied: readonly Copied[]): Writable[] {
  const opened: Writable[] = []
  const refused: [Copied, unknown][] = []
  const tryOne = (one: Copied, open: (file: OpenFile) => number) => {
    try {
      opened.push({ ...one, fd: open(one.copying.file) })
    } catch (error) {
      refused.push([one, error])
    }
  }
  work.asSubmitter(() => {
    for (const one of copied) tryOne(one, ({ fd }) => reopenForWriting(fd))
  })
  for (const [one] of refused.splice(0)) tryOne(one, (file) => reopenAsOwner(work, file))
  for (const [{ copying, movedBytes }, error] of refused) {
    if (movedBytes > 0) work.parts.log.debug({ path: copying.file.path }, 'copied, but not to be written')
    work.fail(copying.file.index, error, 'its copy is stored, but its data stay')
  }
  return opened
}

/** False, and settled, for a file that is in use. */
function isFree(work: Work, { copying, movedBytes }: Writable, writers: ReadonlyMap<string, number>): boolean {
  const { file } = copying
  const writer = writers.get(`${file.stats.dev}:${file.stats.ino}`)
  if (writer === undefined) return true
  const message = `its copy is stored, but its data stay: process ${writer} has it open to write`
  work.settle(file.index, 'skipped', message, movedBytes)
  return false
}

/** None, and settled, for a file that was changed in the last moment. */
function punchOne(work: Work, { copying, state, movedBytes, fd }: Writable, stubSizeBytes: number): FileState[] {
  const { file } = copying
  const before = statAgain(file)
  if (!isUntouched(file.stats, before)) {
    const message = 'its copy is stored, but its data stay: it was changed meanwhile'
    work.settle(file.index, 'skipped', message, movedBytes)
    return []
  }
  const punched = makeStub(fd, before, stubSizeBytes, (name) => work.point(name))
  return [{ ...state, state: 'migrated', stubSizeBytes, mtimeNs: String(punched.mtimeNs) }]
}

/** A file of the size and times of `facts` that holds no more than its first bytes. @throws system errors */
export function makeStub(
  fd: number,
  facts: Pick<BigIntStats, 'size' | 'atimeNs' | 'mtimeNs'>,
  stubSizeBytes: number,
  point: (name: string) => void = () => undefined,
): BigIntStats {
  const size = Number(facts.size)
  const { mode } = fstatSync(fd)
  if (stubSizeBytes < size) {
    ftruncateSync(fd, stubSizeBytes)
    point('truncated')
    ftruncateSync(fd, size)
    point('extended')
  }
  keepRights(fd, mode)
  setTimes(fd, facts)
  return fstatSync(fd, { bigint: true })
}
