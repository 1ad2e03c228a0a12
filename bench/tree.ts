/** Trees of many empty files, a thousand a folder, in memory where there is room for so many. */

import { existsSync, mkdirSync, mkdtempSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const FOLDER_FILES = 1000
const MEMORY = '/dev/shm'
/** Beside the files: folders, and whatever else is made there. */
const MARGIN = 1.01

/** A new folder, in `YARDMASTER_BENCH_PLACE` if that is set. */
export function placeFor(files: number): string {
  const given = process.env.YARDMASTER_BENCH_PLACE
  const hasRoom = existsSync(MEMORY) && statfsSync(MEMORY).ffree > files * MARGIN
  return mkdtempSync(join(given ?? (hasRoom ? MEMORY : tmpdir()), 'yardmaster-bench-'))
}

export function makeTree(root: string, files: number): void {
  for (let file = 0; file < files; file += 1) {
    const folder = join(root, `folder-${Math.floor(file / FOLDER_FILES)}`)
    if (file % FOLDER_FILES === 0) mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, `file-${file}.dat`), '')
  }
}
