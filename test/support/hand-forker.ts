/** A forker that a test steps by hand. */

import type { ForkEvent, Forker, ForkOrder } from '../../src/tasker/fork/forker.ts'

export class HandForker implements Forker {
  readonly name = 'hand'
  readonly pid = null
  readonly orders: ForkOrder[] = []
  readonly signals: { slot: number; signal: number }[] = []
  /** Called with every order, before it is noted. */
  onFork: (orders: readonly ForkOrder[]) => void = () => {}
  #listener: (events: readonly ForkEvent[]) => void = () => {}

  fork(orders: readonly ForkOrder[]): void {
    this.onFork(orders)
    this.orders.push(...orders)
  }

  signal(slot: number, signal: number, done: (delivered: boolean) => void): void {
    this.signals.push({ slot, signal })
    done(true)
  }

  listen(listener: (events: readonly ForkEvent[]) => void): void {
    this.#listener = listener
  }

  close(): void {}

  say(...events: ForkEvent[]): void {
    this.#listener(events)
  }

  /** A process of which the host knows nothing. */
  started(slot: number): void {
    this.say({ kind: 'started', slot, pid: 2 ** 22 + slot, startTime: '1' })
  }

  exited(slot: number, changes: Partial<Extract<ForkEvent, { kind: 'exited' }>> = {}): void {
    this.say({ kind: 'exited', slot, exitCode: 0, signal: null, cpuMs: 1, maxRamMb: 1, ...changes })
  }
}
