/** Starts the tasker, which from then on lives by itself. */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'

const LOG_NAME = 'tasker.log'
const MAX_LOG_BYTES = 1 << 20
/** What the tasker's own work depends on; nothing of the server's settings and secrets goes with it. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'YARDMASTER_FORKER',
]

const EXTENSION = extname(import.meta.url)
const MAIN = fileURLToPath(new URL(`../../tasker/main${EXTENSION}`, import.meta.url))
/** No debugger for whoever may send a signal; and little room for garbage, since the tasker keeps little. */
const NODE_OPTIONS = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', '--max-semi-space-size=1']

export class TaskerProcess {
  readonly #dir: string
  readonly #cache: string
  readonly #log: Logger
  #child: ChildProcess | undefined
  #isRehearsed = false

  constructor(dir: string, log: Logger) {
    this.#dir = dir
    this.#cache = join(dir, 'compile-cache')
    this.#log = log
  }

  /** Nothing happens while the one that was started last lives: it may need a moment to answer. */
  start(): void {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return
    try {
      if (this.#needsRehearsal()) this.#rehearse()
      else this.#child = this.#spawn([this.#dir])
    } catch (error) {
      this.#log.error({ reason: messageOf(error) }, 'cannot start the tasker')
    }
  }

  /** A process that has stripped types once keeps 30 MB for it: let a first one do that, leave the result and end. */
  #rehearse(): void {
    this.#isRehearsed = true
    this.#child = this.#spawn([])
    this.#child.on('exit', () => this.start())
  }

  #needsRehearsal(): boolean {
    return EXTENSION === '.ts' && !this.#isRehearsed && !existsSync(this.#cache)
  }

  #spawn(args: readonly string[]): ChildProcess {
    const logFd = openLog(join(this.#dir, LOG_NAME))
    const child = spawn(process.execPath, [...NODE_OPTIONS, MAIN, ...args], {
      cwd: '/',
      detached: true,
      env: { ...inherited(), NODE_COMPILE_CACHE: this.#cache },
      stdio: ['ignore', logFd, logFd],
    })
    closeSync(logFd)
    child.unref()
    child.on('error', (error) => {
      this.#child = undefined
      this.#log.error({ reason: messageOf(error) }, 'cannot start the tasker')
    })
    this.#log.info({ pid: child.pid, dir: args[0] ?? 'rehearsal' }, 'starting the tasker')
    return child
  }
}

function inherited(): Record<string, string> {
  const known = INHERITED.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}
