/** The forker that hands its work to `fork-server.c` over pipes. */

import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Readable, Writable } from 'node:stream'
import { compileForkServer } from './compile.ts'
import { forkFrame, type Report, reportReader, signalFrame } from './fork-frame.ts'
import type { ForkEvent, Forker, ForkerParts, ForkOrder } from './forker.ts'
import { describeStartFailure, STAGES, systemErrorText } from './start-failure.ts'

type Program = ChildProcessByStdio<Writable, Readable, null>

/** @throws plain error when the program cannot be made or run */
export async function openForkServer(parts: ForkerParts): Promise<Forker> {
  const path = await compileForkServer()
  const program = spawn(path, [], { stdio: ['pipe', 'pipe', 'inherit'] })
  await once(program, 'spawn')
  return new ForkServer(program, parts)
}

class ForkServer implements Forker {
  readonly name = 'fork-server'
  readonly pid: number
  readonly #program: Program
  readonly #orders = new Map<number, Pick<ForkOrder, 'account' | 'rundir' | 'logfile'>>()
  readonly #tickets = new Map<number, (delivered: boolean) => void>()
  #lastTicket = 0
  #listener: (events: readonly ForkEvent[]) => void = () => {}

  constructor(program: Program, { died }: ForkerParts) {
    this.#program = program
    this.pid = program.pid ?? 0
    const read = reportReader()
    program.stdout.on('data', (chunk: Buffer) => this.#take(read(chunk)))
    program.stdin.on('error', () => {})
    program.on('exit', (code, signal) => died(`the fork server ended (${signal ?? `status ${code}`})`))
  }

  fork(orders: readonly ForkOrder[]): void {
    for (const { slot, account, rundir, logfile } of orders) this.#orders.set(slot, { account, rundir, logfile })
    this.#program.stdin.write(Buffer.concat(orders.map(forkFrame)))
  }

  signal(slot: number, signal: number, done: (delivered: boolean) => void): void {
    this.#lastTicket = (this.#lastTicket + 1) & 0x7fffffff
    this.#tickets.set(this.#lastTicket, done)
    this.#program.stdin.write(signalFrame(slot, signal, this.#lastTicket))
  }

  listen(listener: (events: readonly ForkEvent[]) => void): void {
    this.#listener = listener
  }

  close(): void {
    this.#program.removeAllListeners('exit')
    this.#program.stdin.end()
  }

  #take(reports: readonly Report[]): void {
    const events = reports.map((report) => this.#read(report)).filter((event) => event !== undefined)
    if (events.length > 0) this.#listener(events)
  }

  #read({ letter, numbers }: Report): ForkEvent | undefined {
    const [slot = 0, second = 0, third = 0] = numbers
    switch (letter) {
      case 'S':
        return { kind: 'started', slot, pid: second, startTime: String(third) }
      case 'R':
        this.#orders.delete(slot)
        return { kind: 'refused', slot, reason: `cannot make a process: ${systemErrorText(second)}` }
      case 'E':
        return this.#exited(numbers)
      case 'K':
        this.#tickets.get(slot)?.(second === 0)
        this.#tickets.delete(slot)
    }
  }

  #exited(numbers: readonly number[]): ForkEvent {
    const [slot = 0, code = 0, signal = 0, cpuUs = 0, maxRamKb = 0, stage = 0, error = 0] = numbers
    const order = this.#orders.get(slot)
    this.#orders.delete(slot)
    const event = { kind: 'exited', slot, cpuMs: Math.round(cpuUs / 1000), maxRamMb: maxRamKb / 1024 } as const
    const failed = STAGES[stage]
    if (failed && order) {
      return { ...event, exitCode: null, signal: null, failure: describeStartFailure(failed, order, error) }
    }
    return { ...event, exitCode: signal ? null : code, signal: signal || null }
  }
}
