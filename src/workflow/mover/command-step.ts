/**
 * `dynamo.custom.command`: a program of the user's over the paths of a batch, with his rights. The argument `command` is
 * split into words as a shell would, and no shell runs, so that no name of a file is ever read as a command: `{path}` in
 * a word stands for a path, a run each; `{paths_file}` for a file with all of them, one a line, and one run; `{NAME}` for
 * another argument of the step.
 */

import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { messageOf } from '../../base/errors.ts'
import { bytesOfPath } from '../path-name.ts'
import type { Identity, StepOrder, TaskResult } from '../task-order.ts'
import { word } from './argument.ts'
import { type CommandParts, runCommand } from './command.ts'
import { ALL, ONE, readCommand, withArguments } from './command-words.ts'
import type { MoverParts } from './parts.ts'
import { Work } from './work.ts'

export const COMMAND_STEP = 'dynamo.custom.command'

/** Never rejects: what is wrong with the command is the failure of the whole, what it says of a path that path's outcome. */
export async function runCommands(order: StepOrder, parts: MoverParts): Promise<TaskResult> {
  using work = new Work(order, parts)
  try {
    const command = readCommand(word(order.arguments, 'command'), order.arguments)
    const words = withArguments(command.words, order.arguments)
    const indices = checked(work)
    if (command.form === ONE) await runEach(work, words, indices)
    else await runAll(work, words, indices)
    return work.result()
  } catch (error) {
    return { outcomes: [], failure: messageOf(error) }
  }
}

/** Those that lie in the site; the others have failed. */
function checked(work: Work): number[] {
  const indices = [...work.order.entries.keys()]
  return indices.filter((index) => {
    try {
      work.confined.rootOf(work.order.entries[index]!.path)
      return true
    } catch (error) {
      work.fail(index, error)
      return false
    }
  })
}

function partsOf({ order, parts }: Work): CommandParts {
  const { identity, site, run, task } = order
  const variables = { YARDMASTER_SITE: site.name, YARDMASTER_RUN: String(run), YARDMASTER_TASK: String(task) }
  return { identity, variables, clock: parts.clock, dropping: parts.dropping }
}

async function runEach(work: Work, words: readonly string[], indices: readonly number[]): Promise<void> {
  for (const index of indices) {
    if (work.parts.ending.aborted) return
    const { path } = work.order.entries[index]!
    if (!path.isWellFormed()) {
      work.settle(index, 'failed', `its name is not UTF-8, which no argument can hold; use ${ALL}`)
      continue
    }
    const { problem, stopped } = await runCommand(
      words.map((text) => text.replaceAll(ONE, () => path)),
      partsOf(work),
    )
    if (stopped) return
    work.settle(index, problem === null ? 'processed' : 'failed', problem ?? '')
  }
}

async function runAll(work: Work, words: readonly string[], indices: readonly number[]): Promise<void> {
  const listed = indices.filter((index) => {
    const isOneLine = !work.order.entries[index]!.path.includes('\n')
    if (!isOneLine) work.settle(index, 'failed', `its name holds a line break; use ${ONE}`)
    return isOneLine
  })
  if (listed.length === 0 || work.parts.ending.aborted) return
  const list = new PathList(
    listed.map((index) => work.order.entries[index]!.path),
    work.order.identity,
  )
  try {
    const given = words.map((text) => text.replaceAll(ALL, () => list.file))
    const { problem, stopped } = await runCommand(given, partsOf(work))
    if (stopped) return
    for (const index of listed) work.settle(index, problem === null ? 'processed' : 'failed', problem ?? '')
  } finally {
    list.remove()
  }
}

/** For the eyes of the user alone. */
class PathList {
  readonly file: string
  readonly #folder: string

  constructor(paths: readonly string[], identity: Identity | null) {
    this.#folder = mkdtempSync(join(tmpdir(), 'yardmaster-paths-'))
    this.file = join(this.#folder, 'paths')
    const lines = paths.flatMap((path) => [bytesOfPath(path), Buffer.from('\n')])
    writeFileSync(this.file, Buffer.concat(lines), { mode: 0o600 })
    if (identity === null) return
    for (const name of [this.file, this.#folder]) chownSync(name, identity.uid, identity.gid)
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
