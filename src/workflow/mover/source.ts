/** Opens what a batch names as files of this site. */

import { closeSync, lstatSync } from 'node:fs'
import { idOf, type OpenFile, openAt, reopenForWriting } from './file/open-file.ts'
import { isMissing } from './file/refusal.ts'
import { pathOn } from './object/key-map.ts'
import type { Work } from './work.ts'

export interface SourceManner {
  /** Missing files are `aborted`, not `failed`. */
  abortMissing: boolean
  /** Whoever may not write a file, nor owns it, is refused at once. */
  isChanging: boolean
  /** Links are left to this. */
  link(index: number, path: string): void
}

/** Undefined, and settled, for what is no file with data. @throws system errors, DomainError */
export function openSource(work: Work, index: number, manner: SourceManner): OpenFile | undefined {
  const { site, origin, entries } = work.order
  const path = pathOn(site, origin, entries[index]!.path)
  try {
    return openPath(work, { index, path, manner })
  } catch (error) {
    if (!isMissing(error) || !manner.abortMissing) throw error
    work.settle(index, 'aborted', 'there is no such file any more')
    return undefined
  }
}

interface Asked {
  index: number
  path: string
  manner: SourceManner
}

function openPath(work: Work, { index, path, manner }: Asked): OpenFile | undefined {
  const place = work.confined.locate(path)
  try {
    // Opening a device could do something.
    const kind = lstatSync(place.at)
    if (kind.isSymbolicLink()) manner.link(index, path)
    else if (kind.isDirectory()) work.settleAlready(index, 'a folder has no data of its own')
    else if (!kind.isFile())
      work.settle(index, 'skipped', 'it is a pipe, a socket or a device, which has no data to move')
    else return openFile(work, { index, path, manner }, place)
    return undefined
  } finally {
    work.confined.release(place.folder)
  }
}

function openFile(work: Work, { index, path, manner }: Asked, place: Parameters<typeof openAt>[0]): OpenFile {
  const { fd, stats } = openAt(place)
  try {
    if (manner.isChanging && Number(stats.uid) !== work.order.identity?.uid) closeSync(reopenForWriting(fd))
    return { index, entry: work.order.entries[index]!, path, fd, stats, id: idOf(stats) }
  } catch (error) {
    closeSync(fd)
    throw error
  }
}
