/** `dynamo.tasks.reverse_stub`: makes a file here of an object that another site stored, without its data or with them. */

import { lstatSync, mkdirSync } from 'node:fs'
import { DomainError, systemCodeOf } from '../../../base/errors.ts'
import { accountNumber, choice, count, flag, LOCK_LEVELS, PREFERENCES, word } from '../argument.ts'
import { inGroups } from '../batch.ts'
import { createDraft, draftOf } from '../file/draft.ts'
import { idOf, type OpenFile } from '../file/open-file.ts'
import { pathOn } from '../object/key-map.ts'
import { factsOf } from '../object/object-metadata.ts'
import { askAll, checkThere, type Remote } from '../object/remote-heads.ts'
import type { Work } from '../work.ts'
import { makeAll } from './new-file.ts'
import { makeLink } from './new-link.ts'
import type { NewFile, StubOptions } from './standing.ts'

/** @throws invalid for arguments that cannot be */
export async function reverseStub(work: Work): Promise<void> {
  const given = work.order.arguments
  const options: StubOptions = {
    isHydrating: flag(given, 'hydrate'),
    isOverwriting: flag(given, 'overwrite'),
    preference: choice(given, 'sync_preference', [...PREFERENCES, 'none'], 'none'),
    checksHash: !flag(given, 'skip_hash'),
    stubSizeBytes: count(given, 'stub_size', 0),
    uid: accountNumber(given, 'default_uid'),
    gid: accountNumber(given, 'default_gid'),
  }
  const isLocking = choice(given, 'lock_level', LOCK_LEVELS, 'implicit') !== 'none'
  const files = [...work.order.entries.keys()].filter((index) => work.order.entries[index]!.type !== 'directory')
  const remotes = await askAll(work, files, word(given, 'endpoint'))
  const abortMissing = flag(given, 'abort_missing')
  for (const remote of remotes.values()) checkThere(work, remote, abortMissing)
  const making = new Map<number, NewFile>()
  try {
    await inGroups(work, {
      isLocking,
      open: (index) => begin(work, index, { remote: remotes.get(index), options, making }),
      act: (group) => makeAll(work, group, making, { ...options, isLocking }),
    })
  } finally {
    for (const { draft } of making.values()) work.confined.release(draft.place.folder)
  }
}

interface Beginning {
  remote: Remote | undefined
  options: StubOptions
  making: Map<number, NewFile>
}

/** As the submitter. Undefined, and settled, for what needs no file. */
function begin(work: Work, index: number, { remote, options, making }: Beginning): OpenFile | undefined {
  const entry = work.order.entries[index]!
  if (work.isSettled(index)) return undefined
  if (entry.type === 'directory') return makeFolder(work, index)
  if (remote?.info === undefined) return undefined
  const place = work.confined.locate(remote.path, { make: true })
  let isHeld = false
  try {
    const facts = factsOf(remote.info.metadata)
    const standing = lstatSync(place.at, { bigint: true, throwIfNoEntry: false })
    if (standing?.isDirectory())
      throw new DomainError('conflict', 'a folder of that name stands there: move it away first')
    const draft = draftOf(work, place, index)
    if (facts.type === 'symlink') return makeLink(work, { draft, remote, facts, standing }, options)
    const { fd, stats } = createDraft(draft)
    isHeld = true
    making.set(index, { draft, remote, facts, standing })
    return { index, entry, path: remote.path, fd, stats, id: idOf(stats) }
  } finally {
    if (!isHeld) work.confined.release(place.folder)
  }
}

function makeFolder(work: Work, index: number): undefined {
  const { site, origin, entries } = work.order
  const place = work.confined.locate(pathOn(site, origin, entries[index]!.path), { make: true })
  try {
    mkdirSync(place.at)
    work.settle(index, 'processed')
  } catch (error) {
    if (systemCodeOf(error) !== 'EEXIST' || !lstatSync(place.at).isDirectory()) throw error
    work.settleAlready(index, 'the folder is there already')
  } finally {
    work.confined.release(place.folder)
  }
}
