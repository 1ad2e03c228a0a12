/** `nc`: submit, watch and steer jobs from a terminal. Reads the command line and hands over to one subcommand. */

import { enableCompileCache } from 'node:module'
import { join } from 'node:path'
import { nearestOf } from '../base/nearest.ts'
import { findQueue } from './client/queue.ts'
import type { Session } from './client/session.ts'
import { EXIT_OK, runProgram, UsageError } from './failure.ts'
import { commandFor, readWords } from './nc/command-line.ts'
import { connect } from './nc/connect.ts'
import { helpText, loadSubcommand, SUBCOMMAND_NAMES } from './nc/registry.ts'
import { createScreen } from './nc/screen.ts'
import type { Invocation } from './nc/subcommand.ts'

async function main(): Promise<number> {
  const { name, words } = readWords(process.argv.slice(2))
  if (name === undefined || name === 'help') return help(words[0])
  const subcommand = await loadSubcommand(name)
  if (!subcommand) throw new UsageError(unknownSubcommand(name))
  return subcommand.act(invocation(commandFor(subcommand, words)))
}

async function help(name: string | undefined): Promise<number> {
  const subcommand = name === undefined ? undefined : await loadSubcommand(name)
  if (name !== undefined && !subcommand) throw new UsageError(unknownSubcommand(name))
  if (subcommand) commandFor(subcommand, ['--help'])
  process.stdout.write(helpText())
  return EXIT_OK
}

function unknownSubcommand(name: string): string {
  const near = nearestOf(name, SUBCOMMAND_NAMES)
  return `there is no subcommand ${name}${near ? `; did you mean ${near}?` : '; "nc help" lists them'}`
}

function invocation({ words, options }: Pick<Invocation, 'words' | 'options'>): Invocation {
  const { env } = process
  let session: Promise<Session> | undefined
  return {
    words,
    options,
    env,
    cwd: process.cwd(),
    session: () => (session ??= connect({ options, env })),
    url: () => findQueue({ url: options.url, queue: options.queue, env }),
    screen: createScreen(env),
  }
}

// Compiled code is kept for the next start, in the person's own folder; without one, nothing is kept.
if (process.env.HOME)
  enableCompileCache(join(process.env.XDG_CACHE_HOME || join(process.env.HOME, '.cache'), 'yardmaster'))
await runProgram('nc', main)
