/** A program made of subcommands, as `yardmaster` and `ngclient` are. */

import type { Command } from 'commander'
import { completionScript, type Described } from './completion-script.ts'
import { HELP_ONLY, UsageError } from './failure.ts'

/** By name; each is loaded only when it is asked for, or when all are listed. */
export type Subcommands = Readonly<Record<string, () => Promise<Command>>>

/** Of a known `name` that one alone. */
export async function addSubcommands(root: Command, known: Subcommands, name: string | undefined): Promise<void> {
  const wanted = name !== undefined && Object.hasOwn(known, name) ? [known[name]!] : Object.values(known)
  for (const load of wanted) root.addCommand(await load())
}

/** The last of them prints a completion script of all; errors are ours to print, in one place and one form. */
export function finish(root: Command): void {
  root
    .command('completion <shell>')
    .description('print a completion script for bash, zsh or fish')
    .action((shell: string) => complete(root, shell))
  quieten(root)
}

function complete(root: Command, shell: string): void {
  const script = completionScript(shell, root.name(), root.commands.map(describe))
  if (script === undefined) throw new UsageError(`${root.name()} completion bash, zsh or fish`)
  process.stdout.write(`${script}\n`)
}

function quieten(command: Command): void {
  command.exitOverride().configureOutput(HELP_ONLY)
  for (const below of command.commands) quieten(below)
}

function describe(command: Command): Described {
  const all = [command, ...command.commands].flatMap(({ options }) => options)
  const options = new Map(all.map(({ long, short, description }) => [long ?? short ?? '', description]))
  return {
    name: command.name(),
    summary: command.description(),
    verbs: command.commands.map((below) => below.name()),
    options: [...options].map(([flag, summary]) => ({ flag, summary })),
  }
}
