/** `dynamo.tasks.recall`: brings data back in place, so that the inode and who has it open keep what they have. */

import { closeSync } from 'node:fs'
import { inFlight } from '../../base/flight.ts'
import type { FileState, JournalEntry } from '../site-ledger.ts'
import { choice, flag, LOCK_LEVELS, word } from './argument.ts'
import { inGroups } from './batch.ts'
import { signalFor } from './file/content.ts'
import { type OpenFile, reopenForWriting, statAgain } from './file/open-file.ts'
import { type Residence, residence } from './file/residence.ts'
import { unlabel } from './file/stub-label.ts'
import { syncFiles } from './file/sync-files.ts'
import { Watch } from './file/watch.ts'
import { download } from './object/download.ts'
import { deleteRemote } from './object/forget.ts'
import { locationOf, targetOf } from './object/target.ts'
import { makeStub } from './punch.ts'
import { restored } from './restore.ts'
import { openSource } from './source.ts'
import { statesOf } from './stray-stub.ts'
import type { Work } from './work.ts'

const AT_ONCE = 8
const DISTURBED =
  'somebody wrote to it while its data came, which were not all brought back: keep what is new elsewhere, then recall it with overwrite'

export interface RecallOptions {
  endpoint: string
  checksHash: boolean
  setsAtime?: boolean
  setsMtime?: boolean
  isOverwriting?: boolean
}

interface Stub {
  file: OpenFile
  known: FileState
}

interface Recalling extends Stub {
  /** To write. */
  fd: number
  watch: Watch
}

type Ended = Record<'back' | 'stub' | 'left alone', Recalling[]>

/** @throws invalid for arguments that cannot be */
export async function recall(work: Work): Promise<void> {
  const given = work.order.arguments
  const options = {
    endpoint: word(given, 'endpoint'),
    checksHash: !flag(given, 'skip_hash'),
    setsAtime: flag(given, 'update_atime'),
    setsMtime: flag(given, 'update_mtime'),
    isOverwriting: flag(given, 'overwrite'),
  }
  const isDeleting = flag(given, 'delete_remote')
  // More than its data back: what others wrote goes, or their copy, or its times, or what comes need not be theirs.
  const { setsAtime, setsMtime, isOverwriting, checksHash } = options
  const isChanging = isDeleting || isOverwriting || setsAtime || setsMtime || !checksHash
  const lockLevel = choice(given, 'lock_level', LOCK_LEVELS, 'partial')
  const abortMissing = flag(given, 'abort_missing')
  const link = (index: number) => work.settle(index, 'skipped', 'a link has no data to bring back')
  await inGroups(work, {
    isLocking: lockLevel !== 'none',
    open: (index) => openSource(work, index, { abortMissing, isChanging, link }),
    act: (files) => recallGroup(work, files, { ...options, isDeleting }),
  })
}

type Manner = RecallOptions & { isDeleting: boolean }

async function recallGroup(work: Work, files: readonly OpenFile[], options: Manner): Promise<void> {
  const known = await statesOf(work, files)
  const stubs: Stub[] = []
  for (const [index, file] of files.entries()) {
    const state = known[index]
    const here = state && residence(file.stats, state)
    if (state !== undefined && here === 'same' && options.isDeleting) await deleteRemote(work, file, state)
    else if (state !== undefined && isToFetch(work, file, here, options)) stubs.push({ file, known: state })
    else work.settleAlready(file.index, 'its data are here')
  }
  const back = await bringBack(work, stubs, options)
  for (const [file, state] of back) {
    if (options.isDeleting) await deleteRemote(work, file, state)
    else work.settle(file.index, 'processed', '', state.sizeBytes)
  }
}

/** Settles what was written to while its data were away, unless that is to be undone. */
function isToFetch(work: Work, file: OpenFile, here: Residence | undefined, { isOverwriting }: Manner): boolean {
  if (here === 'stub') return true
  if (here !== 'mixed') return false
  if (isOverwriting) return true
  const message =
    'it was written to since it was migrated, and recalling it would undo that: keep what is new elsewhere, then recall it with overwrite'
  work.settle(file.index, 'failed', message)
  return false
}

/** Those that are back, with what the ledger says of them now; the others are settled. */
export async function bringBack(
  work: Work,
  stubs: readonly Stub[],
  options: RecallOptions,
): Promise<Map<OpenFile, FileState>> {
  if (stubs.length === 0) return new Map()
  // Whoever may read a file may have its data back; writing them takes the mover's own rights.
  const opened = stubs.flatMap((stub) => openStub(work, stub))
  try {
    work.parts.ledger.commit({ begin: opened.map((one) => intention(work, one)) })
    work.point('recalling')
    const ended: Ended = { back: [], stub: [], 'left alone': [] }
    await inFlight(opened, AT_ONCE, async (one) => {
      ended[await fetchOne(work, one, options)].push(one)
    })
    work.point('written')
    return await finish(work, ended, options)
  } finally {
    for (const { fd } of opened) closeSync(fd)
  }
}

function openStub(work: Work, stub: Stub): Recalling[] {
  try {
    const fd = reopenForWriting(stub.file.fd)
    return [{ ...stub, fd, watch: new Watch(fd, stub.file.stats) }]
  } catch (error) {
    work.fail(stub.file.index, error)
    return []
  }
}

function intention(work: Work, { file, known }: Stub): JournalEntry {
  return { id: file.id, path: file.path, act: 'recalling', state: known, details: { owner: work.owner } }
}

/** Settled, and a stub again, for what did not come whole; left as it is where it was not begun, or somebody writes to it. */
async function fetchOne(
  work: Work,
  { file, known, fd, watch }: Recalling,
  options: RecallOptions,
): Promise<keyof Ended> {
  if (work.parts.ending.aborted) return 'left alone'
  try {
    const location = locationOf(known, options.endpoint)
    const storage = await work.parts.storageFor(targetOf(work.order.site, location.target))
    const { sizeBytes, hash } = known
    const passed = (arrived: number) => {
      if (arrived > 2 ** 22) work.tellBytes(file.index, arrived)
    }
    const signal = signalFor(work, sizeBytes)
    await download(
      fd,
      { ...options, storage, location, sizeBytes, hash, passed, signal, watch },
      holesFrom(known, options),
    )
    work.point('arrived')
    return 'back'
  } catch (error) {
    if (!watch.isUndisturbed) {
      work.settle(file.index, 'failed', DISTURBED)
      return 'left alone'
    }
    makeStub(fd, factsOf(known, file), known.stubSizeBytes)
    work.fail(file.index, error, 'its data were not brought back, and it is as before')
    return 'stub'
  }
}

/** What was written to a stub is no hole. */
function holesFrom(known: FileState, { isOverwriting = false }: RecallOptions): number {
  return isOverwriting ? known.sizeBytes : Math.ceil(known.stubSizeBytes / 65_536) * 65_536
}

function factsOf(known: FileState, { stats }: OpenFile) {
  return { size: BigInt(known.sizeBytes), atimeNs: stats.atimeNs, mtimeNs: BigInt(known.mtimeNs) }
}

async function finish(work: Work, ended: Ended, options: RecallOptions): Promise<Map<OpenFile, FileState>> {
  const { back, stub } = ended
  const states = back.map((one) => restored(work, one, options))
  // Before the ledger says so: after a crash in between it is made a stub again, with its label.
  for (const { file } of back) unlabel(work, file)
  await syncFiles(back)
  const stubs = stub.map(({ known, file }) => stubAgain(known, file))
  work.parts.ledger.commit({
    set: [...states, ...stubs],
    end: Object.values(ended)
      .flat()
      .map(({ file }) => file.id),
  })
  work.point('recalled')
  for (const { file } of back) file.stats = statAgain(file)
  return new Map(back.map(({ file }, index) => [file, states[index]!]))
}

/** Its time was put back as exactly as it can be. */
function stubAgain(known: FileState, file: OpenFile): FileState {
  return { ...known, path: file.path, mtimeNs: String(statAgain(file).mtimeNs) }
}
