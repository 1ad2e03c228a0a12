/** Reads the command line of `ngclient` and hands over to one subcommand. */

import { Command } from 'commander'
import { completionScript, type Described } from '../completion-script.ts'
import { EXIT_OK, HELP_ONLY, UsageError } from '../failure.ts'

/** Each part is loaded only when it is asked for. */
const SUBCOMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  authenticate: async () => (await import('./authenticate.ts')).authenticateCommand(),
  migrate: async () => (await import('./migrate.ts')).migrateCommand(),
  recall: async () => (await import('./recall.ts')).recallCommand(),
  send: async () => (await import('./send.ts')).sendCommand(),
  run: async () => (await import('./run.ts')).runCommand(),
  ls: async () => (await import('./ls.ts')).lsCommand(),
  jobs: async () => (await import('./jobs/jobs.ts')).jobsCommand(),
  workflows: async () => (await import('./workflows.ts')).workflowsCommand(),
  features: async () => (await import('./features.ts')).featuresCommand(),
}

const EPILOGUE = `
"ngclient SUBCOMMAND --help" tells the options of one. The hub and the key come from --base-url and --client-key, else
NGCLIENT_BASE_URL and NGCLIENT_KEY, else the file that "ngclient authenticate" writes. Exit status: 0 success, 1 a job or
request failed, 2 the words are wrong or the time ran out.`

/** The exit code. @throws UsageError, CommanderError, and what a subcommand throws */
export async function main(argv: readonly string[]): Promise<number> {
  const root = new Command('ngclient')
    .description('moves files between sites and storage, and tells how that goes')
    .showSuggestionAfterError()
    .addHelpText('after', EPILOGUE)
  for (const load of subcommandsFor(argv[0])) root.addCommand(await load())
  root.command('completion <shell>').description('print a completion script for bash, zsh or fish').action(complete)
  quieten(root)
  if (argv.length === 0) {
    root.outputHelp()
    return EXIT_OK
  }
  await root.parseAsync([...argv], { from: 'user' })
  return Number(process.exitCode ?? EXIT_OK)

  function complete(shell: string): void {
    const script = completionScript(shell, 'ngclient', root.commands.map(describe))
    if (script === undefined) throw new UsageError('ngclient completion bash, zsh or fish')
    process.stdout.write(`${script}\n`)
  }
}

function subcommandsFor(name: string | undefined): readonly (() => Promise<Command>)[] {
  return name !== undefined && Object.hasOwn(SUBCOMMANDS, name) ? [SUBCOMMANDS[name]!] : Object.values(SUBCOMMANDS)
}

/** Errors are ours to print, in one place and one form. */
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
