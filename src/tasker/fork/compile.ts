/** Makes the fork server's program once in the tasker's directory; the name carries the hash of its source. */

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { systemCodeOf } from '../../base/errors.ts'

const PREFIX = 'fork-server-'
/** Beside this module, or where the compiled package has it. */
const SOURCES = ['./fork-server.c', '../../../src/tasker/fork/fork-server.c']
const COMPILERS = ['cc', 'gcc', 'clang']
const COMPILE_TIMEOUT_MS = 60_000

/** Path of the program below the present directory. @throws plain error when there is no compiler or it fails */
export async function compileForkServer(): Promise<string> {
  const source = readSource()
  const name = PREFIX + createHash('sha256').update(source.text).digest('hex').slice(0, 16)
  if (isExecutable(name)) return `./${name}`
  const draft = `${PREFIX}draft-${process.pid}`
  await compile(source.path, draft)
  renameSync(draft, name)
  for (const entry of readdirSync('.')) if (entry.startsWith(PREFIX) && entry !== name) rmSync(entry)
  return `./${name}`
}

function readSource(): { path: string; text: Buffer } {
  for (const source of SOURCES) {
    const path = fileURLToPath(new URL(source, import.meta.url))
    try {
      return { path, text: readFileSync(path) }
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
    }
  }
  throw new Error('the package lacks fork-server.c')
}

async function compile(source: string, target: string): Promise<void> {
  for (const compiler of COMPILERS) {
    try {
      await promisify(execFile)(compiler, ['-O2', '-o', target, source], { timeout: COMPILE_TIMEOUT_MS })
      return
    } catch (error) {
      if (systemCodeOf(error) !== 'ENOENT') throw error
    }
  }
  throw new Error(`no C compiler (${COMPILERS.join(', ')}) on the PATH`)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
