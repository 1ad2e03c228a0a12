/** Reads the command line of `nc` and hands over to one subcommand. */

import { nearestOf } from '../../base/nearest.ts'
import { findQueue } from '../client/queue.ts'
import type { Session } from '../client/session.ts'
import { EXIT_OK, UsageError } from '../failure.ts'
import { createScreen } from '../terminal/screen.ts'
import { commandFor, readWords } from './command-line.ts'
import { connect } from './connect.ts'
import { helpText, loadSubcommand, SUBCOMMAND_NAMES } from './registry.ts'
import type { Invocation } from './subcommand.ts'

/** The exit code. @throws UsageError, and what a subcommand throws */
export async function main(argv: readonly string[]): Promise<number> {
  const { name, words } = readWords(argv)
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
    screen: createScreen('nc', env),
  }
}
