/** `ncmgr`: starts, stops and shows the server of a data directory. */

import { Command } from 'commander'
import { infoOf, start, stop } from './admin/lifecycle.ts'
import { normalise, optionsOf } from './arguments.ts'
import { EXIT_OK, HELP_ONLY, runProgram, UsageError } from './failure.ts'

const DATA = ['--data <dir>', 'the data directory (YARDMASTER_DATA, ./yardmaster-data)'] as const

function verb(name: string, about: string): Command {
  return new Command(`ncmgr ${name}`)
    .description(about)
    .option(...DATA)
    .option('--json', 'print JSON')
    .configureOutput(HELP_ONLY)
    .exitOverride()
}

const VERBS: Readonly<Record<string, () => Command>> = {
  start: () =>
    verb('start', 'start the server in the background and wait until it is ready')
      .option('--webport <port>', 'the port of the web server (6330)')
      .option('--webprovider <kind>', 'internal, the only one there is')
      .option('--config <file>', 'instead of yardmaster.toml in the data directory')
      .option('--set <key=value>', 'a setting; may be given again', (value, before: string[] = []) => [
        ...before,
        value,
      ])
      .action(start),
  stop: () => verb('stop', 'stop the server; its jobs go on').action(stop),
  info: () => verb('info', 'show whether the server runs, and where').action(infoOf),
}

const USAGE = `Usage: ncmgr start|stop|info [options]

${Object.values(VERBS)
  .map((make) => `  ${make().name().slice(6).padEnd(8)}${make().description()}`)
  .join('\n')}

"ncmgr start -h" tells the options of one.
`

async function main(): Promise<number> {
  const [name, ...words] = process.argv.slice(2)
  if (name === undefined || ['-h', '-help', '--help', 'help'].includes(name)) {
    process.stdout.write(USAGE)
    return EXIT_OK
  }
  if (!Object.hasOwn(VERBS, name)) throw new UsageError(`there is no ncmgr ${name}; it knows start, stop and info`)
  const command = VERBS[name]!()
  await command.parseAsync(normalise(words, { options: optionsOf(command), commandFollows: false }), { from: 'user' })
  return Number(process.exitCode ?? EXIT_OK)
}

await runProgram('ncmgr', main)
