/** `yardmaster serve`: the server in the foreground, until a signal ends it. */

import { once } from 'node:events'
import { Command } from 'commander'
import { messageOf } from '../../base/errors.ts'
import { createLog, type Logger, standardError } from '../../base/log.ts'
import { createLogRing } from '../../base/log-ring.ts'
import { type ConfigSources, loadConfig } from '../../config.ts'
import type { RunningServer } from '../../server.ts'
import { DATA_OPTION, dataDirFor } from './data-directory.ts'
import { welcomeText } from './welcome.ts'

interface ServeOptions {
  data?: string
  accelerator?: string
  hub?: string
  cockpit?: string
  config?: string
  set?: string[]
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the server until it gets SIGTERM or SIGINT; SIGHUP reads the settings anew')
    .option(...DATA_OPTION)
    .option('--accelerator <host:port>', 'where the Accelerator API listens; port 0 picks a free one (127.0.0.1:6330)')
    .option('--hub <host:port>', 'where the Hub API listens, or "off" (127.0.0.1:8000)')
    .option('--cockpit <host:port>', 'where the Cockpit API listens, or "off" (127.0.0.1:8080)')
    .option('--config <file>', 'instead of yardmaster.toml in the data directory')
    .option('--set <key=value>', 'a setting; may be given again', (value, before: string[] = []) => [...before, value])
    .action(serve)
}

async function serve(options: ServeOptions): Promise<void> {
  // Whoever started the server may close its end of the pipe once it is ready.
  process.stdout.removeAllListeners('error').on('error', () => undefined)
  const sources = sourcesOf(options)
  const logs = createLogRing(standardError())
  const log = createLog({ level: levelFor(sources), destination: logs })
  const ending = endingSignal()
  // Loaded only now: help and completion need the options of this command, not the server.
  const { startServer } = await import('../../server.ts')
  const server = await startServer(sources, log, logs)
  process.on('SIGHUP', () => void reread(server, log))
  process.stdout.write(welcomeText(server, sources.dataDir))
  await ending
  await server.stop()
}

export function sourcesOf({ data, accelerator, hub, cockpit, config, set = [] }: ServeOptions): ConfigSources {
  const doors = Object.entries({ accelerator, hub, cockpit }).filter(([, address]) => address !== undefined)
  const sets = [...set, ...doors.map(([door, address]) => `${door}.listen=${address}`)]
  const dataDir = dataDirFor(data === undefined ? {} : { data })
  return { dataDir, env: process.env, sets, ...(config !== undefined && { configFile: config }) }
}

/** On a terminal the daily lines would hide what is meant for the person. */
function levelFor(sources: ConfigSources): string {
  const { config, settings } = loadConfig(sources)
  const chosen = settings.find(({ name }) => name === 'log.level')?.origin !== 'default'
  return process.stderr.isTTY && !chosen ? 'warn' : config.log.level
}

/** The second signal does not wait for anything. */
async function endingSignal(): Promise<void> {
  const signals = ['SIGTERM', 'SIGINT'] as const
  await Promise.race(signals.map((signal) => once(process, signal)))
  for (const signal of signals) process.on(signal, () => process.exit(1))
}

async function reread(server: RunningServer, log: Logger): Promise<void> {
  try {
    await server.reread()
  } catch (error) {
    log.error({ reason: messageOf(error) }, 'the settings cannot be read; those from before stay')
  }
}
