/** Reads the command line of `ngclient` and hands over to one subcommand. */

import { Command } from 'commander'
import { EXIT_OK } from '../failure.ts'
import { addSubcommands, finish, type Subcommands } from '../program.ts'

const SUBCOMMANDS: Subcommands = {
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
  await addSubcommands(root, SUBCOMMANDS, argv[0])
  finish(root)
  if (argv.length === 0) {
    root.outputHelp()
    return EXIT_OK
  }
  await root.parseAsync([...argv], { from: 'user' })
  return Number(process.exitCode ?? EXIT_OK)
}
