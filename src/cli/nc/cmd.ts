/** `nc cmd`: runs a program for this queue; `nc cmd vovbrowser` prints the queue's address. */

import { spawnSync } from 'node:child_process'
import { delimiter } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/errors.ts'
import { normalise, optionsOf } from '../arguments.ts'
import { browserCommand } from '../browser-command.ts'
import { EXIT_FAILED, EXIT_OK, UsageError, UserError } from '../failure.ts'
import type { Invocation, Subcommand } from './subcommand.ts'

export const cmd: Subcommand = {
  name: 'cmd',
  summary: 'run a program with NC_URL set, or print the address of the queue: nc cmd vovbrowser [-url PATH]',
  words: 'PROGRAM [ARGUMENT…]',
  commandFollows: true,
  async act(call) {
    const [program, ...words] = call.words
    if (program === undefined) throw new UsageError('which program? nc cmd vovbrowser prints the address of the queue')
    if (program === 'vovbrowser') return printAddress(call, words)
    return runProgram(call, program, words)
  },
}

async function printAddress({ screen, options, url }: Invocation, words: readonly string[]): Promise<number> {
  const command = browserCommand()
  command.parse(normalise(words, { options: optionsOf(command), commandFollows: false }), { from: 'user' })
  const address = new URL(command.opts<{ url: string }>().url, `${await url()}/`).href.replace(/\/$/, '')
  if (options.json) screen.json({ url: address })
  else screen.print(address)
  return EXIT_OK
}

async function runProgram({ env, url }: Invocation, program: string, words: readonly string[]): Promise<number> {
  const bin = fileURLToPath(new URL('../../../bin', import.meta.url))
  const path = [bin, env.PATH ?? ''].join(delimiter)
  const { status, error } = spawnSync(program, words, {
    stdio: 'inherit',
    env: { ...env, PATH: path, NC_URL: await url() },
  })
  if (error) throw new UserError(`${program} cannot be run: ${messageOf(error)}`)
  return status ?? EXIT_FAILED
}
