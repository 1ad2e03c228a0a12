/** How processes are made and signalled, as a contract; `fork-server.ts` answers it with a small C program, `spawn.ts` without a compiler. */

import type { StartOrder } from '../../executor/executor.ts'
import type { LineLog } from '../../executor/resident/line-log.ts'

/** Most jobs that run at once; a slot is a number below it, given by the keeper and free again after `exited` or `refused`. */
export const MAX_SLOTS = 16_384

export interface ForkOrder extends Pick<StartOrder, 'argv' | 'rundir' | 'logfile' | 'account' | 'nice' | 'umask'> {
  slot: number
  /** `NAME=value`. */
  env: readonly string[]
}

export type ForkEvent =
  /** `startTime` in clock ticks since boot (proc(5), field 22): with it a pid is unmistakable. */
  | { kind: 'started'; slot: number; pid: number; startTime: string }
  /** No process could be made now. */
  | { kind: 'refused'; slot: number; reason: string }
  /** Reaped, and its process group killed. `failure` says why the command never ran. */
  | {
      kind: 'exited'
      slot: number
      exitCode: number | null
      signal: number | null
      cpuMs: number
      maxRamMb: number
      failure?: string
    }

export interface Forker {
  readonly name: string
  /** Process that forks, where it is not this one. */
  readonly pid: number | null
  fork(orders: readonly ForkOrder[]): void
  /** Signals the slot's process group, never one that was reaped; `done` hears false when the job is gone, and hears it in order with the events. */
  signal(slot: number, signal: number, done: (delivered: boolean) => void): void
  /** Events in batches, in order; one listener. */
  listen(listener: (events: readonly ForkEvent[]) => void): void
  /** To be called when nothing runs. */
  close(): void
}

export interface ForkerParts {
  log: LineLog
  /** Called when no job can be started or reaped any more. */
  died(reason: string): void
}
