/** Where jobs really run, as a contract; `local/` answers it with the tasker, another folder may with Slurm. */

import type { Instant } from '../base/clock.ts'
import type { ExitFacts } from '../job/event.ts'
import type { JobId } from '../job/job.ts'

/** One attempt at one job: the fencing pair. An executor starts a pair at most once. */
export interface Attempt {
  jobId: JobId
  attempt: number
}

export interface StartOrder extends Attempt {
  /** Program and arguments, not passed through a shell again. */
  argv: readonly string[]
  /** The whole environment. */
  env: Readonly<Record<string, string>>
  rundir: string
  /** Absolute; made with its folders, emptied first; null for /dev/null. */
  logfile: string | null
  /** Login name to run as; null for the tasker's own account. */
  account: string | null
  /** Added to the nice level, -20 to 19. */
  nice: number
  umask: number
  /** Wall-clock limit without suspensions; 0 for none. */
  killAfterMs: number
  /** RAM limit of the process tree in MB; 0 for none. */
  ramLimitMb: number
  /** Starts only while fewer than `atMost` attempts run; after `patienceMs` without a place it is refused, to be retried. Absent: at once. */
  place?: { atMost: number; patienceMs: number }
}

/** `yield` is for tasks alone: end after the file in hand, and tell what is left. */
export type SignalAction = 'stop' | 'suspend' | 'resume' | 'signal' | 'yield'

export interface SignalOrder extends Attempt {
  action: SignalAction
  /** Signal names with or without SIG, sent in turn until the job is gone; the action's own if absent (stop: TERM, INT, KILL). */
  signals?: readonly string[]
  /** Between two signals of a stop. */
  delayMs?: number
  /** Regular expressions over process names: only these, or not these (the latter wins). */
  include?: string
  exclude?: string
}

export interface Inventory {
  /** Changes when the executor forgot what it had started. */
  epoch: string
  running: readonly (Attempt & { suspended: boolean })[]
}

export type ExecutorEvent =
  /** A process exists. */
  | ({ kind: 'started'; at: Instant; pid: number } & Attempt)
  /** No process came of it and none will; `retry` when another try later may work (no memory, no process slots). */
  | ({ kind: 'refused'; reason: string; retry: boolean } & Attempt)
  | ({ kind: 'suspended' | 'resumed'; at: Instant } & Attempt)
  /** Repeated after every reconnection until `stored` is called for it. */
  | ({ kind: 'exited'; facts: ExitFacts } & Attempt)
  /** Was running and the executor lost it without an exit status; repeated like `exited`. */
  | ({ kind: 'lost'; at: Instant; reason: string } & Attempt)
  /** After each (re)connection, before anything else is told. */
  | { kind: 'connected'; inventory: Inventory }
  | { kind: 'disconnected'; reason: string }

/** What one host has, for the dispatcher and for `nc hosts`. */
export interface Host {
  name: string
  up: boolean
  /** Consumable amounts in all, by resource name: SLOTS, CORES, RAM (MB), SWAP (MB), PERCENT. */
  capacity: Readonly<Record<string, number>>
  /** Attributes: ARCH, OS, OSCLASS, HOST, ... A bare name on the host counts as `name=''`. */
  attributes: Readonly<Record<string, string>>
  loadAverage: readonly [number, number, number]
  freeRamMb: number
  bootedAt: Instant
}

/** How busy a host was since it was looked at before. */
export interface HostSample {
  loadAverage: readonly [number, number, number]
  /** In user and kernel mode, of all cores together: 0 to 100. */
  cpuPercent: number
  /** What programs cannot have without somebody giving something up (MemTotal - MemAvailable). */
  usedRamMb: number
  /** Received and sent over what leaves the host. */
  networkBytesPerSecond: number
  diskReadBytesPerSecond: number
  diskWrittenBytesPerSecond: number
}

/** What the process tree of an attempt uses now (RAM, threads, processes) and has used since its start; sums never fall. */
export interface RunSample extends Attempt {
  startedAt: Instant
  cpuMs: number
  ramMb: number
  /** What its programs read and wrote, caches and pipes included; null where the host does not tell. */
  readBytes: number | null
  writtenBytes: number | null
  threads: number
  processes: number
}

/** What one look saw. */
export interface ExecutorSamples {
  at: Instant
  /** Which part of the executor looked: a look at runs shows all of that part. Absent where it has no parts. */
  source?: string
  /** null when the look was for runs alone. */
  host: HostSample | null
  /** Every run that has lasted for a second; none when the look was for the host alone. */
  runs: readonly RunSample[]
}

export interface Executor {
  readonly name: string
  /** Settles when the executor is reached for the first time. */
  open(): Promise<void>
  /** Lets go of the executor; what runs goes on. Safe to call twice. */
  close(): Promise<void>
  host(): Host
  connected(): boolean
  /** Fire and forget: what came of it arrives as an event, also after reconnections. @throws nothing */
  start(orders: readonly StartOrder[]): void
  /** Settles when the first signal was delivered. @throws not_found when the attempt does not run, unavailable when not connected */
  signal(order: SignalOrder): Promise<void>
  /** The exits (or losses) of these attempts are stored; the executor may forget them. */
  stored(attempts: readonly Attempt[]): void
  /** Events arrive in batches, in order; one listener. */
  listen(listener: (events: readonly ExecutorEvent[]) => void): void
  /** Samples in the order of their time, those that were taken without a server included; one listener. */
  watch(listener: (samples: ExecutorSamples) => void): void
  /** As `close`, and the executor itself ends once nothing runs. */
  retire(): Promise<void>
}
