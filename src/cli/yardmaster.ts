/** `yardmaster`: runs the server, and everything that its administrator does. */

import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { EXIT_OK, HELP_ONLY, runProgram } from './failure.ts'
import { addSubcommands, finish, type Subcommands } from './program.ts'

const COMMANDS: Subcommands = {
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
  if (name !== 'version') await addSubcommands(root, COMMANDS, name)
  root
    .command('version')
    .description('print the version')
    .action(() => void process.stdout.write(`${versionOf()}\n`))
  finish(root)
  await root.parseAsync()
  return Number(process.exitCode ?? EXIT_OK)
}

await runProgram('yardmaster', main)
