/** `yardmaster`: runs the server, and everything that its administrator does. */

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { completionScript, type Described } from './completion-script.ts'
import { EXIT_OK, HELP_ONLY, runProgram, UsageError } from './failure.ts'

/** Each part is loaded only when it is asked for: `yardmaster version` needs no database. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./admin/serve.ts')).serveCommand(),
  user: async () => (await import('./admin/user.ts')).userCommand(),
  token: async () => (await import('./admin/token.ts')).tokenCommand(),
  config: async () => (await import('./admin/settings.ts')).settingsCommand(),
  backup: async () => (await import('./admin/backup.ts')).backupCommand(),
  restore: async () => (await import('./admin/backup.ts')).restoreCommand(),
  archive: async () => (await import('./admin/archive.ts')).archiveCommand(),
  doctor: async () => (await import('./admin/doctor.ts')).doctorCommand(),
}

function versionOf(): string {
  return JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).version
}

function rootCommand(): Command {
  return new Command('yardmaster')
    .description('a batch-job server behind the REST dialects that people already script against')
    .version(versionOf(), '-V, --version')
    .configureOutput(HELP_ONLY)
    .showSuggestionAfterError()
}

async function main(): Promise<number> {
  const root = rootCommand()
  const [name] = process.argv.slice(2)
  for (const load of partsFor(name)) root.addCommand(await load())
  root
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${versionOf()}\n`))
  root.command('completion <shell>').description('print a completion script for bash, zsh or fish').action(complete)
  quieten(root)
  await root.parseAsync()
  return Number(process.exitCode ?? EXIT_OK)

  function complete(shell: string): void {
    const script = completionScript(shell, 'yardmaster', root.commands.map(describe))
    if (script === undefined) throw new UsageError('yardmaster completion bash, zsh or fish')
    process.stdout.write(`${script}\n`)
  }
}

function partsFor(name: string | undefined): readonly (() => Promise<Command>)[] {
  if (name === 'version') return []
  return name !== undefined && Object.hasOwn(COMMANDS, name) ? [COMMANDS[name]!] : Object.values(COMMANDS)
}

/** Errors are ours to print, in one place and one form. */
function quieten(command: Command): void {
  command.exitOverride().configureOutput(HELP_ONLY)
  for (const below of command.commands) quieten(below)
}

function describe(command: Command): Described {
  const options = command.options.map(({ long, short, description }) => ({
    flag: long ?? short ?? '',
    summary: description,
  }))
  return { name: command.name(), summary: command.description(), options }
}

await runProgram('yardmaster', main)
