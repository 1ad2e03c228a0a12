/** The worker processes of a mover: made when there is work and none is free, kept for a while when there is none. */

import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Clock } from '../base/clock.ts'
import { messageOf } from '../base/errors.ts'
import { siblingModule } from '../base/module.ts'
import type { LineLog } from '../executor/resident/line-log.ts'
import type { FromWorker, ToWorker } from './errand.ts'
import { endSession, signalSession } from './session.ts'
import type { WorkerBook } from './worker-book.ts'

export interface CrewParts {
  ledger: string
  book: WorkerBook
  clock: Clock
  log: LineLog
}

/** Who is told what a worker says, and that it died. */
export interface Employer {
  heard(message: FromWorker): void
  /** Nothing of it or of what it started is left. */
  died(reason: string): void
}

export interface Worker {
  readonly pid: number
  say(message: ToWorker): void
  /** To it and to what it started. */
  signal(signal: NodeJS.Signals): void
  /** It has nothing more to do for its employer. */
  release(): void
}

const WORKER = fileURLToPath(siblingModule(import.meta.url, 'worker'))
/** A batch is soon garbage: with more room for it a worker over millions of paths would be twice as large, and no quicker. */
const YOUNG_MIB = 8
const OPTIONS = ['--disable-sigusr1', '--disable-warning=ExperimentalWarning', `--max-semi-space-size=${YOUNG_MIB}`]
const IDLE_MS = 60_000

export class Crew {
  readonly #parts: CrewParts
  readonly #idle: Member[] = []

  constructor(parts: CrewParts) {
    this.#parts = parts
  }

  /** @throws system errors when no process can be made */
  hire(employer: Employer): Worker {
    let member = this.#idle.pop()
    while (member && !member.isUp) member = this.#idle.pop()
    member ??= this.#make()
    member.hire(employer)
    return member
  }

  #make(): Member {
    const { ledger, book, clock, log } = this.#parts
    const child = fork(WORKER, [ledger], { detached: true, execArgv: OPTIONS, stdio: ['ignore', 2, 2, 'ipc'] })
    if (child.pid === undefined) throw new Error('no worker process can be made')
    const { pid } = child
    try {
      book.add(pid)
    } catch (error) {
      child.kill('SIGKILL')
      throw error
    }
    const gone = (member: Member) => {
      const at = this.#idle.indexOf(member)
      if (at >= 0) this.#idle.splice(at, 1)
      book.remove(pid)
    }
    log('info', `worker ${pid} begins`)
    return new Member(child, pid, { clock, gone, free: (member) => this.#idle.push(member) })
  }
}

interface Guild {
  clock: Clock
  free(member: Member): void
  gone(member: Member): void
}

class Member implements Worker {
  readonly pid: number
  readonly #child: ChildProcess
  readonly #guild: Guild
  #employer: Employer | undefined
  #dismiss: () => void = () => {}

  constructor(child: ChildProcess, pid: number, guild: Guild) {
    this.pid = pid
    this.#child = child
    this.#guild = guild
    child.on('message', (message: FromWorker) => this.#employer?.heard(message))
    // A channel that breaks is followed by the end of the process.
    child.on('error', () => this.signal('SIGKILL'))
    child.on('exit', (code, signal) => void this.#end(signal ? `by ${signal}` : `with status ${code}`))
  }

  /** False once it is on its way out. */
  get isUp(): boolean {
    return this.#child.connected
  }

  hire(employer: Employer): void {
    this.#dismiss()
    this.#employer = employer
  }

  say(message: ToWorker): void {
    if (this.#child.connected) this.#child.send(message, () => {})
  }

  signal(signal: NodeJS.Signals): void {
    signalSession(this.pid, signal)
  }

  release(): void {
    this.#employer = undefined
    if (!this.#child.connected) return
    this.#dismiss = this.#guild.clock.after(IDLE_MS, () => this.#child.disconnect())
    this.#guild.free(this)
  }

  async #end(how: string): Promise<void> {
    this.#dismiss()
    // Told only when what it had started is gone as well: that would go on beside the next attempt.
    const left = await endSession(this.pid).then(
      () => '',
      (error: unknown) => `; ${messageOf(error)}`,
    )
    this.#guild.gone(this)
    this.#employer?.died(`its worker ended ${how}${left}`)
  }
}
