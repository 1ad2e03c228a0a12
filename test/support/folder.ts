/** A folder for one test file, gone afterwards. */

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

export function makeFolder(): string {
  return mkdtempSync(join(tmpdir(), 'yardmaster-'))
}

/** A folder that is removed when the running test ends. */
export function testFolder(): string {
  const folder = makeFolder()
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
