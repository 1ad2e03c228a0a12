/** `vovproject reread`: lets the server read its settings anew, without a pause for anybody. */

import { Command } from 'commander'
import { loadConfig } from '../config.ts'
import { dataDirFor } from './admin/data-directory.ts'
import { normalise, optionsOf } from './arguments.ts'
import { EXIT_OK, HELP_ONLY, runProgram, UsageError, UserError } from './failure.ts'
import { runningServer, until } from './running-server.ts'
import type { ServerFile } from './server-file.ts'

const REREAD_MS = 30_000

async function main(): Promise<number> {
  const command = new Command('vovproject')
    .usage('reread [options]')
    .description('reread: let the server read its settings and certificates anew; connections and jobs stay')
    .argument('[verb]')
    .option('--data <dir>', 'the data directory (YARDMASTER_DATA, ./yardmaster-data)')
    .option('--json', 'print JSON')
    .configureHelp({ visibleArguments: () => [] })
    .configureOutput(HELP_ONLY)
    .exitOverride()
  const words = normalise(process.argv.slice(2), { options: optionsOf(command), commandFollows: false })
  command.parse(words, { from: 'user' })
  if (command.args[0] !== 'reread') {
    throw new UsageError('vovproject knows "reread"; to start, stop or look at the server use ncmgr')
  }
  const server = await reread(dataDirFor(command.opts()))
  process.stdout.write(command.opts().json ? `${JSON.stringify(server, null, 2)}\n` : textOf(server))
  return EXIT_OK
}

async function reread(dataDir: string): Promise<ServerFile> {
  const before = await runningServer(dataDir)
  if (!before) throw new UserError(`no server runs on ${dataDir}; its settings are read when it starts: ncmgr start`)
  // The server would keep its old settings and say why in its log only; here the person reads it.
  loadConfig({ dataDir })
  process.kill(before.pid, 'SIGHUP')
  const after = await until(REREAD_MS, async () => {
    const server = await runningServer(dataDir)
    return server && server.reread > before.reread ? server : undefined
  })
  if (after?.refusal !== undefined) throw new UserError(`${after.refusal}; the server keeps what it had read before`)
  if (after) return after
  throw new UserError(`the server has not read its settings within ${REREAD_MS / 1000} s; its log says why`)
}

function textOf({ urls, warnings }: ServerFile): string {
  const doors = Object.entries(urls).map(([door, url]) => `${door.padEnd(16)}${url}\n`)
  return [...doors, ...warnings.map((warning) => `Warning         ${warning}\n`)].join('')
}

await runProgram('vovproject', main)
