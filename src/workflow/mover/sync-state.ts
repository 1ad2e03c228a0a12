/** `dynamo.tasks.check_sync_state`: whether what is here is to give way to what the other site sent. */

import { lstatSync } from 'node:fs'
import { choice, PREFERENCES, type Preference } from './argument.ts'
import { isMissing } from './file/refusal.ts'
import { isSameTime } from './file/times.ts'
import { factsOf } from './object/object-metadata.ts'
import { askAll, checkThere, type Remote } from './object/remote-heads.ts'
import type { Work } from './work.ts'

/** @throws invalid for arguments that cannot be */
export async function checkSyncState(work: Work): Promise<void> {
  const preference = choice(work.order.arguments, 'sync_preference', PREFERENCES, 'newest')
  const files: number[] = []
  for (const [index, { type }] of work.order.entries.entries()) {
    if (type === 'directory') work.settle(index, 'processed')
    else files.push(index)
  }
  const remotes = await askAll(work, files, '')
  for (const remote of remotes.values()) {
    if (!checkThere(work, remote, false)) continue
    try {
      checkOne(work, remote, preference)
    } catch (error) {
      work.fail(remote.index, error)
    }
  }
}

function checkOne(work: Work, remote: Remote, preference: Preference): void {
  const reason = reasonToKeep(mtimeHere(work, remote.path), remote, preference)
  if (reason === undefined) work.settle(remote.index, 'processed')
  else work.settle(remote.index, 'skipped', reason)
}

/** Undefined where what is here gives way, or nothing is here. */
export function reasonToKeep(
  hereNs: bigint | undefined,
  { info }: Pick<Remote, 'info'>,
  preference: Preference,
): string | undefined {
  if (hereNs === undefined || preference === 'ignore') return undefined
  if (preference === 'local') return 'what is here is kept, as sync_preference says'
  const thereNs = factsOf(info?.metadata ?? {}).mtimeNs
  const there = thereNs === undefined ? BigInt(Math.trunc(info?.modifiedAt ?? 0)) * 1_000_000n : BigInt(thereNs)
  return hereNs > there && !isSameTime(hereNs, there) ? 'what is here is newer' : undefined
}

function mtimeHere(work: Work, path: string): bigint | undefined {
  return work.asSubmitter(() => {
    try {
      const place = work.confined.locate(path)
      try {
        return lstatSync(place.at, { bigint: true }).mtimeNs
      } finally {
        work.confined.release(place.folder)
      }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  })
}
