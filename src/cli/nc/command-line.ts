/** The words of `nc` made a subcommand's words and options. */

import { Command } from 'commander'
import { normalise, optionsOf } from '../arguments.ts'
import { HELP_ONLY, UsageError } from '../failure.ts'
import type { CommonOptions, Invocation, Subcommand } from './subcommand.ts'

/** Options before the subcommand that take a value. */
const LEADING_WITH_VALUE = ['-q', '-queue', '--queue', '--url', '-url', '-v', '--verbosity', '--user', '-user']
const HELP = ['-h', '-help', '--help']

/** The subcommand's name and everything else; options may also stand before the name (`nc -q vnc run …`). */
export function readWords(words: readonly string[]): { name: string | undefined; words: string[] } {
  let at = 0
  while (at < words.length && words[at]!.startsWith('-')) {
    if (HELP.includes(words[at]!)) return { name: 'help', words: [...words.slice(at + 1)] }
    at += LEADING_WITH_VALUE.includes(words[at]!) ? 2 : 1
  }
  return { name: words[at], words: [...words.slice(0, at), ...words.slice(at + 1)] }
}

/** What the words say to the subcommand. @throws UsageError, or CommanderError once help was shown */
export function commandFor(subcommand: Subcommand, words: readonly string[]): Pick<Invocation, 'words' | 'options'> {
  const command = describe(subcommand)
  const normal = normalise(words, {
    options: optionsOf(command),
    commandFollows: subcommand.commandFollows === true,
  })
  command.parse(normal, { from: 'user' })
  return { words: command.args, options: command.opts<CommonOptions & Record<string, unknown>>() }
}

/** The subcommand as commander knows it, for reading, for help and for completion. */
export function describe(subcommand: Subcommand): Command {
  const command = new Command(`nc ${subcommand.name}`)
    .description(subcommand.summary)
    .usage(`[options] ${subcommand.words}`)
    .argument('[words...]')
    .helpOption('-h, --help', 'show this help')
    .configureHelp({ optionTerm: ({ flags }) => flags.replace(/--(\w)/, '-$1'), visibleArguments: () => [] })
    .configureOutput(HELP_ONLY)
    .exitOverride()
  subcommand.define?.(command)
  return command
    .option('-q, --queue <name>', 'the queue, by a name in ~/.config/yardmaster/queues (NC_QUEUE)')
    .option('--url <url>', 'the address of the queue (NC_URL)')
    .option('--user <name>', 'sign in as this user (NC_USER)')
    .option('--insecure', 'accept any certificate (NC_INSECURE=1)')
    .option('--json', 'print JSON instead of text for people')
    .option('-v, --verbosity <level>', 'how much to say, 0 to 3', readLevel, 1)
}

function readLevel(text: string): number {
  if (/^\d$/.test(text)) return Number(text)
  throw new UsageError(`-v takes a number from 0 to 3, not "${text}"`)
}
