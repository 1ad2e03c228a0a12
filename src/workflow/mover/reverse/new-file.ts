/** Files made of objects: filled under a hidden name, known to the ledger, and only then put in their place. */

import { fchmodSync, fchownSync, fstatSync, ftruncateSync } from 'node:fs'
import { inFlight } from '../../../base/flight.ts'
import type { FileId, FileState, JournalEntry } from '../../site-ledger.ts'
import { signalFor } from '../file/content.ts'
import { publish, removeDraft } from '../file/draft.ts'
import { idOf, keyOf, type OpenFile, statAgain } from '../file/open-file.ts'
import { labelAt } from '../file/stub-label.ts'
import { syncFiles } from '../file/sync-files.ts'
import { setTimes } from '../file/times.ts'
import { describe } from '../object/copy.ts'
import { download, writePieces } from '../object/download.ts'
import type { Work } from '../work.ts'
import { givesWay, type NewFile, type StubOptions } from './standing.ts'

const AT_ONCE = 8
const LEASE_MS = 600_000
/** A file that another site sent never runs as its owner. */
const MODE = 0o1777

interface Making extends NewFile {
  file: OpenFile
}

interface Made extends Making {
  state: FileState
}

type Options = StubOptions & { isLocking: boolean }

/** Settles all. */
export async function makeAll(
  work: Work,
  files: readonly OpenFile[],
  known: ReadonlyMap<number, NewFile>,
  options: Options,
): Promise<void> {
  const all = files.map((file): Making => ({ file, ...known.get(file.index)! }))
  const making = claim(work, all, options)
  const placed: Made[] = []
  try {
    const made: Made[] = []
    await inFlight(making, AT_ONCE, async (one) => {
      const state = await fillOne(work, one, options)
      if (state !== undefined) made.push({ ...one, state })
    })
    await placeAll(work, made, placed)
  } finally {
    // All of them: what this task made before it was killed is still locked by it.
    work.parts.ledger.unlock(standingOf(all), work.owner)
    removeRest(work, all, placed)
  }
}

/** Those that may take the place of what stands there, which nobody else works on meanwhile. */
function claim(work: Work, all: readonly Making[], options: Options): Making[] {
  const { ledger } = work.parts
  const standing = standingOf(all)
  const states = new Map(ledger.states(standing).map((state, at) => [keyOf(standing[at]!), state]))
  const stateOf = (one: Making) => one.standing && states.get(keyOf(idOf(one.standing)))
  const willing = all.filter((one) => givesWay(work, one, stateOf(one), options))
  const wanted = standingOf(willing)
  const held = options.isLocking && wanted.length > 0 ? ledger.lock(wanted, work.owner, LEASE_MS) : []
  const free = new Set((options.isLocking ? held : wanted).map(keyOf))
  const making = willing.filter((one) => one.standing === undefined || free.has(keyOf(idOf(one.standing))))
  for (const { file } of willing.filter((one) => !making.includes(one)))
    work.settle(file.index, 'failed', 'Another task is at work on the file that stands there; run it again later.')
  return making
}

function standingOf(files: readonly Making[]): FileId[] {
  return files.flatMap(({ standing }) => (standing === undefined ? [] : [idOf(standing)]))
}

/** Undefined, and settled, where the data or the rights did not come. */
async function fillOne(work: Work, making: Making, options: Options): Promise<FileState | undefined> {
  const { file, facts } = making
  if (work.parts.ending.aborted) return undefined
  try {
    const hash = await fillContent(work, making, options)
    setRights(work, making, options)
    const before = statAgain(file)
    const mtimeNs = facts.mtimeNs === undefined ? before.mtimeNs : BigInt(facts.mtimeNs)
    setTimes(file.fd, { atimeNs: before.atimeNs, mtimeNs })
    const state = stateOf(making, hash, options)
    if (state.state === 'migrated') labelAt(making.draft.at, state)
    return state
  } catch (error) {
    work.fail(file.index, error)
    return undefined
  }
}

/** All of it, or the first bytes of a stub and a hole as long as the rest. Answers its hash as far as it is known. */
async function fillContent(work: Work, making: Making, options: Options): Promise<FileState['hash']> {
  const { file, remote, facts } = making
  const sizeBytes = remote.info!.sizeBytes
  if (options.isHydrating) {
    const location = { target: remote.target.name, key: remote.key, uuid: facts.uuid }
    const passed = (arrived: number) => (arrived > 2 ** 22 ? work.tellBytes(file.index, arrived) : undefined)
    const { storage } = remote
    const signal = signalFor(work, sizeBytes)
    return download(file.fd, { ...options, storage, location, sizeBytes, hash: facts.hash, passed, signal }, 0)
  }
  const first = Math.min(options.stubSizeBytes, sizeBytes)
  if (first > 0) {
    const { body } = await remote.storage.get(remote.key, { range: { fromByte: 0, sizeBytes: first } })
    await writePieces(file.fd, body)
  }
  ftruncateSync(file.fd, sizeBytes)
  return facts.hash
}

/** The submitter's own files stay his; only the mover itself, where it is root, gives files away. */
function setRights(work: Work, { file, facts }: Making, { uid, gid }: Options): void {
  const isRoot = process.geteuid?.() === 0
  if (work.order.identity === null && isRoot) {
    const { uid: here, gid: group } = fstatSync(file.fd)
    fchownSync(file.fd, facts.uid ?? uid ?? here, facts.gid ?? gid ?? group)
  }
  fchmodSync(file.fd, (facts.mode ?? 0o644) & MODE)
}

function stateOf({ file, remote, facts }: Making, hash: FileState['hash'], options: Options): FileState {
  const stats = fstatSync(file.fd, { bigint: true })
  return {
    id: file.id,
    path: file.path,
    state: options.isHydrating ? 'premigrated' : 'migrated',
    locations: [{ target: remote.target.name, key: remote.key, uuid: facts.uuid }],
    ...describe({ stats }, hash),
    stubSizeBytes: options.isHydrating ? 0 : options.stubSizeBytes,
  }
}

/** From here on a crash leaves files that the ledger knows, under the one name or the other. */
async function placeAll(work: Work, made: readonly Made[], placed: Made[]): Promise<void> {
  if (made.length === 0) return
  const { ledger } = work.parts
  ledger.commit({ set: made.map(({ state }) => state), begin: made.map((one) => intention(work, one)) })
  work.point('drafted')
  const refused: [Made, unknown][] = []
  work.asSubmitter(() => {
    for (const one of made) {
      try {
        publish(one.draft, one.file.stats.ino, one.standing)
        placed.push(one)
      } catch (error) {
        refused.push([one, error])
      }
    }
  })
  work.point('placed')
  await syncFiles(placed.map(({ file }) => file))
  const gone = placed.flatMap(({ standing }) => (standing === undefined || standing.nlink > 1n ? [] : [idOf(standing)]))
  ledger.commit({
    drop: [...gone, ...refused.map(([{ file }]) => file.id)],
    end: made.map(({ file }) => file.id),
  })
  work.point('stubbed')
  for (const [{ file }, error] of refused) work.fail(file.index, error)
  for (const { file, state } of placed)
    work.settle(file.index, 'processed', '', state.state === 'migrated' ? 0 : state.sizeBytes)
}

function intention(work: Work, { file, draft, state }: Made): JournalEntry {
  return { id: file.id, path: file.path, act: 'stubbing', state, details: { owner: work.owner, draft: draft.name } }
}

function removeRest(work: Work, all: readonly Making[], placed: readonly Making[]): void {
  const isPlaced = new Set(placed.map(({ file }) => file.index))
  work.asSubmitter(() => {
    for (const { file, draft } of all) if (!isPlaced.has(file.index)) removeDraft(draft)
  })
}
