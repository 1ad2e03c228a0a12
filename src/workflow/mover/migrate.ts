/** `dynamo.tasks.migrate`: copies data to their object, and unless they are only to be premigrated, takes them away here. */

import type { Site } from '../site.ts'
import type { FileState } from '../site-ledger.ts'
import { choice, count, flag, LOCK_LEVELS, type LockLevel, word } from './argument.ts'
import { inGroups } from './batch.ts'
import { signalFor } from './file/content.ts'
import { type OpenFile, statAgain } from './file/open-file.ts'
import { residence } from './file/residence.ts'
import { unlabel } from './file/stub-label.ts'
import { copyLinks, type Link, readLinkAt } from './link.ts'
import type { Copying } from './object/copy.ts'
import { type CopyManner, copyAll } from './object/copy-all.ts'
import { type Kept, keptAt, mappedTo } from './object/key-map.ts'
import { punchAll } from './punch.ts'
import { bringBack } from './recall.ts'
import { openSource } from './source.ts'
import { statesOf } from './stray-stub.ts'
import { pushMetadata } from './sync-metadata.ts'
import type { Work } from './work.ts'

interface MigrateOptions extends CopyManner {
  stubSizeBytes: number
  lockLevel: LockLevel
  endpoint: string
  abortMissing: boolean
  takesStubs: boolean
}

/** @throws invalid for arguments that cannot be */
export async function migrate(work: Work): Promise<void> {
  const options = readOptions(work)
  const links: Link[] = []
  const source = {
    abortMissing: options.abortMissing,
    isChanging: !options.isPremigrating,
    link: (index: number, path: string) => void links.push(readLinkAt(work, index, path)),
  }
  await inGroups(work, {
    isLocking: options.lockLevel !== 'none',
    open: (index) => openSource(work, index, source),
    act: (files) => migrateGroup(work, files, options),
  })
  await copyLinks(work, links, options)
}

function readOptions({ order }: Work): MigrateOptions {
  const given = order.arguments
  return {
    isPremigrating: flag(given, 'premigrate'),
    stubSizeBytes: count(given, 'stub_size', 0),
    overwrite: flag(given, 'overwrite'),
    failOnMismatch: flag(given, 'fail_on_mismatch'),
    lockLevel: choice(given, 'lock_level', LOCK_LEVELS, 'implicit'),
    endpoint: word(given, 'endpoint'),
    abortMissing: flag(given, 'abort_missing'),
    takesStubs: flag(given, 'migrate_offline_files'),
    skipModified: flag(given, 'skip_modified_during_migrate'),
    algorithm: order.site.hash,
  }
}

async function migrateGroup(work: Work, files: readonly OpenFile[], options: MigrateOptions): Promise<void> {
  const { ledger } = work.parts
  const known = await statesOf(work, files)
  const judged = files.map((file, index) => ({ file, known: known[index] }))
  const stubs = judged.filter(
    ({ file, known: state }) => state !== undefined && residence(file.stats, state) === 'stub',
  )
  for (const { file, known: state } of judged) if (state !== undefined) unlabelChanged(work, file, state)
  for (const { file, known: state } of judged) if (state !== undefined) tellWhere(work, file, state, options)
  const back = await settleStubs(work, stubs as Stub[], options)
  const copies: Copying[] = []
  for (const { file, known: state } of judged) {
    const copying = await prepare(work, file, back.get(file) ?? state, options)
    if (copying !== undefined) copies.push(copying)
  }
  const copied = await copyAll(work, copies, options)
  if (copied.length === 0) return
  ledger.commit({ set: copied.map(({ state }) => state), end: copied.map(({ state }) => state.id) })
  work.point('copied')
  for (const { copying, state } of copied) tellWhere(work, copying.file, state, options)
  if (!options.isPremigrating) return punchAll(work, copied, options.stubSizeBytes)
  for (const { copying, movedBytes } of copied) work.settle(copying.file.index, 'processed', '', movedBytes)
}

/** A stub that somebody has filled anew is none, and its copies are not either. */
function unlabelChanged(work: Work, file: OpenFile, state: FileState): void {
  if (state.state !== 'migrated' || residence(file.stats, state) !== 'changed') return
  unlabel(work, file)
  file.stats = statAgain(file)
}

function usualPlace(site: Site, path: string): Kept | undefined {
  try {
    return keptAt(site, path)
  } catch {
    return undefined
  }
}

/** What the path says already, nobody need be told. */
function tellWhere(
  work: Work,
  { index, entry }: OpenFile,
  { locations }: FileState,
  { endpoint }: MigrateOptions,
): void {
  const { site, origin } = work.order
  const usual = usualPlace(site, entry.path)
  const wanted = endpoint === '' ? usual?.target.name : endpoint
  const { target, key } = locations.find((location) => location.target === wanted) ?? locations[0] ?? {}
  if (site.name !== origin.name || target === undefined || key === undefined) return
  const isUsual = key === usual?.key && target === usual.target.name
  work.tellObject(index, isUsual ? undefined : { target, key })
}

interface Stub {
  file: OpenFile
  known: FileState
}

/** Brings stubs back that are to be migrated like others; of all others only the metadata go out. */
async function settleStubs(
  work: Work,
  stubs: readonly Stub[],
  { takesStubs }: MigrateOptions,
): Promise<Map<OpenFile, FileState>> {
  if (!takesStubs) {
    for (const { file, known } of stubs) {
      if (!work.parts.ending.aborted) await pushMetadata(work, file, known)
    }
    return new Map()
  }
  return bringBack(work, stubs, { endpoint: '', checksHash: true })
}

/** Undefined, and settled, for what is not to be copied. */
async function prepare(
  work: Work,
  file: OpenFile,
  known: FileState | undefined,
  options: MigrateOptions,
): Promise<Copying | undefined> {
  if (work.isSettled(file.index)) return undefined
  try {
    const kept: Kept = mappedTo(work.order.site, work.order.origin, file.entry.path, options.endpoint)
    const reason = whyNot(file, known, kept, options)
    if (reason !== undefined) {
      if (reason.outcome === 'already') work.settleAlready(file.index, reason.message)
      else work.settle(file.index, reason.outcome, reason.message)
      return undefined
    }
    const storage = await work.parts.storageFor(kept.target)
    const isNew = known?.state === 'migrated'
    const signal = signalFor(work, Number(file.stats.size))
    return { file, kept, storage, known: isNew ? undefined : known, signal }
  } catch (error) {
    work.fail(file.index, error)
    return undefined
  }
}

interface Reason {
  outcome: 'already' | 'skipped' | 'failed'
  message: string
}

function whyNot(
  { stats }: OpenFile,
  known: FileState | undefined,
  { target }: Kept,
  { isPremigrating }: MigrateOptions,
): Reason | undefined {
  const here = known && residence(stats, known)
  if (here === 'mixed')
    return {
      outcome: 'failed',
      message:
        'it was written to while its data were away, and holds some of both: put what is new elsewhere, then recall it with overwrite',
    }
  const isHeld = known?.locations.some((location) => location.target === target.name)
  if (isPremigrating && here === 'same' && isHeld) return { outcome: 'already', message: 'it is premigrated already' }
  if (!isPremigrating && stats.nlink > 1n)
    return {
      outcome: 'skipped',
      message: `it has ${stats.nlink} hard links, which would all lose their data: only premigrate it`,
    }
  return undefined
}
