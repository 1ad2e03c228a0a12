/**
 * The forker for hosts without a compiler: Node's own spawn of a shell that prepares the job and becomes it. It knows no
 * `wait4`, so CPU time and RAM are only what the sampler saw; and a shell that changes directory sets PWD, and may drop
 * variables that it cannot name.
 */

import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { constants, setPriority, userInfo } from 'node:os'
import type { Readable, Writable } from 'node:stream'
import { messageOf } from '../../base/errors.ts'
import { readProcess } from '../../executor/resident/process/process-table.ts'
import type { ForkEvent, Forker, ForkOrder } from './forker.ts'
import { exportsOf } from './late-environment.ts'
import { describeStartFailure, type Stage } from './start-failure.ts'

/** Says on descriptor 3 what it is about to do, so that the last word tells where it failed. It must not run in the tasker: an absent file server would hold that up. */
const PREPARE = `
umask "$1"
echo rundir >&3; cd -- "$2" || exit 1
unset OLDPWD
if [ -n "$3" ]; then
  echo folders >&3; mkdir -p -- "\${3%/*}/" || exit 1
  echo logfile >&3; : >"$3" || exit 1
  exec >>"$3" 2>&1
fi
echo run >&3; shift 3; exec "$@" 3>&-`
/** First of all, where the account had to be changed before. */
const TAKE_ENVIRONMENT = `
eval "$(/bin/cat <&4)"
exec 4<&-`

interface Running {
  child: ChildProcess
  order: ForkOrder
  lastWord: string
}

export function openSpawner(): Forker {
  return new Spawner()
}

class Spawner implements Forker {
  readonly name = 'spawn'
  readonly pid = null
  readonly #running = new Map<number, Running>()
  readonly #groups = new Map<string, string>()
  #listener: (events: readonly ForkEvent[]) => void = () => {}

  fork(orders: readonly ForkOrder[]): void {
    for (const order of orders) {
      try {
        this.#start(order)
      } catch (error) {
        this.#tell({ kind: 'refused', slot: order.slot, reason: `cannot make a process: ${messageOf(error)}` })
      }
    }
  }

  signal(slot: number, signal: number, done: (delivered: boolean) => void): void {
    const child = this.#running.get(slot)?.child
    done(child?.pid !== undefined && isAlive(child) && send(-child.pid, signal))
  }

  listen(listener: (events: readonly ForkEvent[]) => void): void {
    this.#listener = listener
  }

  close(): void {}

  #tell(event: ForkEvent): void {
    queueMicrotask(() => this.#listener([event]))
  }

  #start(order: ForkOrder): void {
    const { slot, account, env } = order
    const prefix = this.#becoming(account)
    if (!prefix) {
      this.#fail(order, 'account')
      return
    }
    const isOther = prefix.length > 0
    const variables = env.map(pairOf)
    const [file = '', ...args] = [...prefix, ...commandOf(order, isOther)]
    const stdio: ('ignore' | 'pipe')[] = ['ignore', 'ignore', 'ignore', 'pipe', isOther ? 'pipe' : 'ignore']
    const child = spawn(file, args, { env: isOther ? {} : Object.fromEntries(variables), stdio, detached: true })
    if (!child.pid) {
      child.on('error', (error) =>
        this.#tell({ kind: 'refused', slot, reason: `cannot make a process: ${error.message}` }),
      )
      return
    }
    if (isOther) hand(child.stdio[4] as Writable, exportsOf(variables))
    lowerPriority(child.pid, order.nice)
    this.#watch({ child, order, lastWord: '' })
  }

  #watch(running: Running): void {
    const { child, order } = running
    const pid = child.pid ?? 0
    this.#running.set(order.slot, running)
    const words = child.stdio[3] as Readable
    words.on('data', (chunk: Buffer) => {
      running.lastWord = chunk.toString('latin1').trimEnd().split('\n').pop() ?? ''
    })
    // Members that are left keep the number of the group taken; without any there is nobody to hit.
    child.on('exit', () => send(-pid, constants.signals.SIGKILL))
    child.on('close', (code, signal) => this.#end(running, code, signal))
    this.#tell({ kind: 'started', slot: order.slot, pid, startTime: readProcess(pid)?.startTime ?? '' })
  }

  #end({ order, lastWord }: Running, exitCode: number | null, signalName: NodeJS.Signals | null): void {
    this.#running.delete(order.slot)
    const signal = signalName && constants.signals[signalName]
    if (signal === null && lastWord !== 'run') this.#fail(order, (lastWord || 'privilege') as Stage)
    else this.#tell({ kind: 'exited', slot: order.slot, exitCode, signal, cpuMs: 0, maxRamMb: 0 })
  }

  #fail(order: ForkOrder, stage: Stage): void {
    const failure = describeStartFailure(stage, order, 0)
    const nothing = { exitCode: null, signal: null, cpuMs: 0, maxRamMb: 0 }
    this.#tell({ kind: 'exited', slot: order.slot, ...nothing, failure })
  }

  /** The command by which a process becomes the account with its groups; undefined when there is no such account. */
  #becoming(account: string | null): string[] | undefined {
    if (account === null || account === userInfo().username) return []
    const group = this.#groups.get(account) ?? primaryGroupOf(account)
    if (group === undefined) return undefined
    this.#groups.set(account, group)
    return ['/usr/bin/setpriv', '--init-groups', `--reuid=${account}`, `--regid=${group}`, '--']
  }
}

function commandOf({ rundir, logfile, umask, argv }: ForkOrder, takesEnvironment: boolean): string[] {
  const script = takesEnvironment ? TAKE_ENVIRONMENT + PREPARE : PREPARE
  return ['/bin/sh', '-c', script, 'yardmaster', umask.toString(8), rundir, logfile ?? '', ...argv]
}

function isAlive(child: ChildProcess): boolean {
  return child.exitCode === null && child.signalCode === null
}

function send(pid: number, signal: number): boolean {
  try {
    return process.kill(pid, signal)
  } catch {
    return false
  }
}

function lowerPriority(pid: number, nice: number): void {
  try {
    if (nice !== 0) setPriority(pid, nice)
  } catch {
    // It has ended already, or only root may raise a priority: the job runs as it is.
  }
}

function primaryGroupOf(account: string): string | undefined {
  try {
    return execFileSync('id', ['-g', '--', account], { encoding: 'latin1', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return undefined
  }
}

function pairOf(entry: string): [name: string, value: string] {
  const end = entry.indexOf('=')
  return [entry.slice(0, end), entry.slice(end + 1)]
}

function hand(pipe: Writable, text: string): void {
  pipe.on('error', () => {})
  pipe.end(text)
}
