/** `ncmgr start`, `stop`, `info`: the server as a background process. */

import { spawn } from 'node:child_process'
import { closeSync, createReadStream, fstatSync, mkdirSync, openSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { text as textOf } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { siblingModule } from '../../base/module.ts'
import { EXIT_FAILED, EXIT_OK, UsageError, UserError } from '../failure.ts'
import { isServer, runningServer, until } from '../running-server.ts'
import type { ServerFile } from '../server-file.ts'
import { count } from '../terminal/text.ts'
import { dataDirFor, withStore } from './data-directory.ts'
import { WELCOME_END } from './welcome.ts'

interface LifecycleOptions {
  data?: string
  json?: boolean
  webport?: string
  webprovider?: string
  config?: string
  set?: string[]
}

/** A large database takes its time; a server that failed is seen at once. */
const READY_MS = 120_000
const STOPPED_MS = 60_000

export async function start(options: LifecycleOptions): Promise<void> {
  checkWeb(options)
  const dataDir = dataDirFor(options)
  const before = await runningServer(dataDir)
  if (before) throw new UserError(`the server of ${dataDir} runs already, as process ${before.pid} at ${urlOf(before)}`)
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 })
  const log = join(dataDir, 'logs', 'server.log')
  const server = await launch({
    words: await wordsFor(dataDir, options),
    log,
    ready: () => runningServer(dataDir),
    // The JSON twin stands alone on standard output.
    terminal: options.json ? process.stderr : process.stdout,
  })
  if (options.json) return print({ ...server, dataDir, log })
  process.stdout.write(`The server runs at ${urlOf(server)} (process ${server.pid}).\nIts log is ${log}\n`)
}

function checkWeb({ webport, webprovider }: LifecycleOptions): void {
  if (webprovider !== undefined && webprovider !== 'internal') {
    throw new UsageError(`-webprovider ${webprovider} is not in this version; "internal" is the only one`)
  }
  if (webport !== undefined && !/^\d{1,5}$/.test(webport))
    throw new UsageError(`-webport takes a number, not "${webport}"`)
}

/** The words of `yardmaster serve`; another port keeps the host that the settings name. */
async function wordsFor(dataDir: string, { webport, config, set = [] }: LifecycleOptions): Promise<string[]> {
  const words = ['serve', '--data', dataDir, ...set.flatMap((one) => ['--set', one])]
  if (config !== undefined) words.push('--config', config)
  if (webport === undefined) return words
  const { loadConfig } = await import('../../config.ts')
  const { accelerator } = loadConfig({ dataDir, sets: set, ...(config !== undefined && { configFile: config }) }).config
  const host = accelerator.listen?.host ?? '127.0.0.1'
  return [...words, '--accelerator', `${host.includes(':') ? `[${host}]` : host}:${webport}`]
}

interface Launch {
  words: readonly string[]
  log: string
  ready: () => Promise<ServerFile | undefined>
  terminal: NodeJS.WriteStream
}

/** Standard error goes to the log; standard output, which may hold the first password, only to this terminal. */
async function launch({ words, log, ready, terminal }: Launch): Promise<ServerFile> {
  const descriptor = openSync(log, 'a', 0o600)
  const from = fstatSync(descriptor).size
  const program = fileURLToPath(siblingModule(import.meta.url, '../yardmaster'))
  const child = spawn(process.execPath, [...process.execArgv, program, ...words], {
    detached: true,
    stdio: ['ignore', 'pipe', descriptor],
  })
  closeSync(descriptor)
  const welcomed = passOn(child.stdout!, terminal)
  const server = await until(READY_MS, async () => {
    if (child.exitCode !== null || child.signalCode !== null) return 'over'
    return welcomed() ? ready() : undefined
  })
  child.stdout!.destroy()
  child.unref()
  if (server === 'over' || server === undefined) throw failedStart(server, log, await endOf(log, from))
  return server
}

/** Shows what the server prints; the answer tells whether it has welcomed the person, perhaps with the first password. */
function passOn(output: Readable, terminal: NodeJS.WriteStream): () => boolean {
  let welcomed = false
  output.on('data', (bytes: Buffer) => {
    terminal.write(bytes)
    welcomed ||= bytes.includes(WELCOME_END)
  })
  return () => welcomed
}

const END_BYTES = 16_384

/** The last lines of what came into the log after `from`; a log of years is not read for that. */
async function endOf(log: string, from: number): Promise<string> {
  const { size } = await stat(log)
  const start = Math.max(from, size - END_BYTES)
  const said = await textOf(createReadStream(log, { start }))
  return said.trim().split('\n').slice(-5).join('\n')
}

function failedStart(server: 'over' | undefined, log: string, last: string): UserError {
  const what =
    server === 'over' ? 'the server did not start' : 'the server is not ready yet; look again with ncmgr info'
  return new UserError(`${what}. The end of ${log}:\n${last}`)
}

export async function stop(options: LifecycleOptions): Promise<void> {
  const dataDir = dataDirFor(options)
  const server = await runningServer(dataDir)
  if (!server) throw new UserError(`no server runs on ${dataDir}`)
  process.kill(server.pid, 'SIGTERM')
  const stopped = await until(STOPPED_MS, async () => ((await isServer(server.pid)) ? undefined : true))
  if (!stopped)
    throw new UserError(`process ${server.pid} has not ended within ${STOPPED_MS / 1000} s; its log says why`)
  const running = await jobsLeft(dataDir)
  if (options.json) return print({ dataDir, running })
  const rest = running > 0 ? `; ${count(running, 'job')} ${running === 1 ? 'goes' : 'go'} on running` : ''
  process.stdout.write(`The server of ${dataDir} is stopped${rest}.\n`)
}

async function jobsLeft(dataDir: string): Promise<number> {
  const { running = 0, suspended = 0 } = await withStore(dataDir, (store) => store.jobs.countByState())
  return running + suspended
}

export async function infoOf(options: LifecycleOptions): Promise<void> {
  const dataDir = dataDirFor(options)
  const server = await runningServer(dataDir)
  process.exitCode = server ? EXIT_OK : EXIT_FAILED
  if (options.json) return print(server ? { running: true, dataDir, ...server } : { running: false, dataDir })
  const lines = server
    ? [
        ['Running', `process ${server.pid}`],
        ['Version', server.version],
        ...Object.entries(server.urls).map(([door, url]) => [door, url]),
        ...server.warnings.map((warning) => ['Warning', warning]),
      ]
    : [['Running', 'no; start it with: ncmgr start']]
  lines.push(['Data', dataDir])
  for (const [label, value] of lines) process.stdout.write(`${label!.padEnd(16)}${value}\n`)
}

function urlOf({ urls }: ServerFile): string {
  return urls.accelerator ?? Object.values(urls)[0] ?? 'no address'
}

function print(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)
}
