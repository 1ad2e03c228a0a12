/** Starts a process that from then on lives by itself, beside the server: the tasker, a site's mover. */

import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, existsSync, openSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'

const MAX_LOG_BYTES = 1 << 20
/** What any program's own work depends on; nothing of the server's settings and secrets goes with it. */
const INHERITED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR', 'LD_LIBRARY_PATH']

/** No debugger for whoever may send a signal; and little room for garbage, since a resident keeps little. */
const NODE_OPTIONS = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', '--max-semi-space-size=1']

export interface ResidentParts {
  /** For messages and the name of its log: `tasker`. */
  name: string
  /** Its only argument; exists. */
  dir: string
  /** Its first module, which only loads when there is no argument. */
  main: URL
  /** Names of variables that it gets besides the usual ones. */
  variables: readonly string[]
  log: Logger
}

export class ResidentProcess {
  readonly #parts: ResidentParts
  readonly #cache: string
  #child: ChildProcess | undefined
  #isRehearsed = false

  constructor(parts: ResidentParts) {
    this.#parts = parts
    this.#cache = join(parts.dir, 'compile-cache')
  }

  /** Nothing happens while the one that was started last lives: it may need a moment to answer. */
  start(): void {
    if (this.#child && this.#child.exitCode === null && this.#child.signalCode === null) return
    try {
      if (this.#needsRehearsal()) this.#rehearse()
      else this.#child = this.#spawn([this.#parts.dir])
    } catch (error) {
      this.#complain(error)
    }
  }

  /** A process that has stripped types once keeps 30 MB for it: let a first one do that, leave the result and end. */
  #rehearse(): void {
    this.#isRehearsed = true
    this.#child = this.#spawn([])
    this.#child.on('exit', () => this.start())
  }

  #needsRehearsal(): boolean {
    return this.#parts.main.pathname.endsWith('.ts') && !this.#isRehearsed && !existsSync(this.#cache)
  }

  #spawn(args: readonly string[]): ChildProcess {
    const { dir, name, main, variables, log } = this.#parts
    const logFd = openLog(join(dir, `${name}.log`))
    const child = spawn(process.execPath, [...NODE_OPTIONS, fileURLToPath(main), ...args], {
      cwd: '/',
      detached: true,
      env: { ...inherited([...INHERITED, ...variables]), NODE_COMPILE_CACHE: this.#cache },
      stdio: ['ignore', logFd, logFd],
    })
    closeSync(logFd)
    child.unref()
    child.on('error', (error) => {
      this.#child = undefined
      this.#complain(error)
    })
    log.info({ pid: child.pid, dir: args[0] ?? 'rehearsal' }, `starting the ${name}`)
    return child
  }

  #complain(error: unknown): void {
    this.#parts.log.error({ reason: messageOf(error) }, `cannot start the ${this.#parts.name}`)
  }
}

function inherited(names: readonly string[]): Record<string, string> {
  const known = names.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(known.filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function openLog(path: string): number {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > MAX_LOG_BYTES) renameSync(path, `${path}.1`)
  return openSync(path, 'a', 0o600)
}
