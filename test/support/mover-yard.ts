/** Movers of one site as a server has them: real processes, and a desk that the test fills and reads. */

import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { systemClock } from '../../src/base/clock.ts'
import { DomainError } from '../../src/base/errors.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Desk, TaskEnd } from '../../src/executor/desk.ts'
import type { Attempt, Executor, StartOrder } from '../../src/executor/executor.ts'
import { createMoverExecutor } from '../../src/executor/mover/mover-executor.ts'
import type { SiteBandwidths } from '../../src/executor/mover/site-link.ts'
import { moverFolder } from '../../src/executor/mover-protocol.ts'
import { endSession, membersOf } from '../../src/mover/session.ts'
import type { PathEntry } from '../../src/workflow/path-entry.ts'
import type { Site } from '../../src/workflow/site.ts'
import type { Finding, Identity, TaskOrder, TaskProgress } from '../../src/workflow/task-order.ts'
import { EventLog } from './event-log.ts'
import { testFolder } from './folder.ts'
import { isAlive } from './processes.ts'

export const PATIENCE = { timeout: 20_000, interval: 10 }

/** Notes what it is told; `refusals` are the next calls that it does not take. */
export class HandDesk implements Desk {
  readonly orders = new Map<number, TaskOrder>()
  readonly ends: (Attempt & { end: TaskEnd })[] = []
  readonly findings: (Attempt & { finding: Finding })[] = []
  readonly progresses: TaskProgress[] = []
  refusals = 0

  async order({ jobId }: Attempt): Promise<TaskOrder | undefined> {
    this.#take()
    return this.orders.get(jobId)
  }

  async found(attempt: Attempt, finding: Finding): Promise<void> {
    this.#take()
    this.findings.push({ ...attempt, finding })
  }

  progress(_attempt: Attempt, progress: TaskProgress): void {
    this.progresses.push(progress)
  }

  async ended(attempt: Attempt, end: TaskEnd): Promise<void> {
    this.#take()
    this.ends.push({ ...attempt, end })
  }

  endsOf(jobId: number): TaskEnd[] {
    return this.ends.filter((each) => each.jobId === jobId).map(({ end }) => end)
  }

  #take(): void {
    if (this.refusals === 0) return
    this.refusals -= 1
    throw new DomainError('unavailable', 'the disk is full')
  }
}

/** One limit for every site. */
class HandBandwidths implements SiteBandwidths {
  #bytesPerSecond: number
  #listener: (site: string) => void = () => {}

  constructor(bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond
  }

  of(): number {
    return this.#bytesPerSecond
  }

  listen(listener: (site: string) => void): void {
    this.#listener = listener
  }

  change(site: string, bytesPerSecond: number): void {
    this.#bytesPerSecond = bytesPerSecond
    this.#listener(site)
  }
}

interface Batch {
  given?: Readonly<Record<string, unknown>>
  names: readonly string[]
  identity?: Identity | null
}

export class MoverYard {
  readonly dataDir = testFolder()
  readonly root = testFolder()
  readonly desk = new HandDesk()
  readonly bandwidths: HandBandwidths
  readonly site: Site
  silenceMs = 30_000
  executor!: Executor
  log!: EventLog

  constructor(changes: Partial<Site> = {}) {
    const bucket = join(this.dataDir, 'bucket')
    mkdirSync(bucket)
    this.site = {
      ...{ id: 1, name: 'site1', roots: [this.root], queues: [{ name: 'default', threads: 4 }] },
      targets: [
        {
          name: 'bucket',
          storage: { kind: 'disk', path: bucket },
          s3: { endpoint: null, region: '', credentialsFile: null, pathStyle: false },
          below: this.root,
        },
      ],
      ...{ bandwidthBytes: 0, hash: 'sha256', ...changes },
    }
    this.bandwidths = new HandBandwidths(this.site.bandwidthBytes)
    onTestFinished(() => this.#clear())
  }

  /** A server comes (back). */
  async open(sites: readonly Site[] = [this.site]): Promise<void> {
    this.executor = this.make(sites)
    this.log = new EventLog(this.executor)
    await this.executor.open()
  }

  /** What a server has, before it is opened; ended with the test. */
  make(sites: readonly Site[] = [this.site]): Executor {
    const { dataDir, desk } = this
    const parts = {
      desk,
      bandwidths: this.bandwidths,
      silenceMs: () => this.silenceMs,
      clock: systemClock,
      log: silentLog,
    }
    const executor = createMoverExecutor({ dataDir, sites, ...parts })
    this.executor = executor
    return executor
  }

  /** It goes without a word. */
  leave(): Promise<void> {
    return this.executor.close()
  }

  path(name: string): string {
    return join(this.root, name)
  }

  /** A command over paths; `jobId` is its task's number too. */
  command(jobId: number, command: string, names: readonly string[] = ['a'], identity: Identity | null = null): void {
    this.step(jobId, 'dynamo.custom.command', { given: { command }, names, identity })
  }

  step(jobId: number, name: string, { given = {}, names, identity = null }: Batch): void {
    const entries: PathEntry[] = names.map((each) => ({
      ...{ path: this.path(each), type: 'file', sizeBytes: 1, state: 'processed' },
    }))
    const { site } = this
    const order = { run: 1, task: jobId, name, site, origin: site, identity, arguments: given, entries }
    this.desk.orders.set(jobId, { kind: 'step', ...order })
  }

  start(jobId: number, attempt = 1): void {
    const nothing = { argv: [], env: {}, rundir: '/', logfile: null, account: null }
    const order: StartOrder = { jobId, attempt, ...nothing, nice: 0, umask: 0, killAfterMs: 0, ramLimitMb: 0 }
    this.executor.start([order])
  }

  /** How it ended, after which it is stored. */
  async endOf(jobId: number) {
    const { facts, attempt } = await this.log.next('exited', jobId)
    this.executor.stored([{ jobId, attempt }])
    return facts
  }

  moverDir(): string {
    return moverFolder(this.dataDir, this.site.name)
  }

  /** Pids of the workers that are known to the mover. */
  workers(): number[] {
    return list(join(this.moverDir(), 'workers')).map((name) => Number(name.split('.')[0]))
  }

  /** Attempts that stand in the mover's book. */
  booked(): string[] {
    return list(join(this.moverDir(), 'attempts')).filter((name) => name !== 'epoch')
  }

  moverPids(): number[] {
    const pids = list('/proc').map(Number).filter(Number.isInteger)
    return pids.filter((pid) => commandOf(pid).includes(`mover/main.ts\0${this.moverDir()}\0`))
  }

  async killMover(): Promise<void> {
    const pids = this.moverPids()
    for (const pid of pids) process.kill(pid, 'SIGKILL')
    await vi.waitUntil(() => pids.every((pid) => !isAlive(pid)), PATIENCE)
  }

  async #clear(): Promise<void> {
    await this.executor?.close()
    await this.killMover()
    for (const pid of this.workers()) await endSession(pid)
  }
}

/** Names of programs that run in the session of a worker. */
export function programsOf(worker: number): string[] {
  return membersOf(worker)
    .filter(({ pid }) => pid !== worker)
    .map(({ pid }) => commandOf(pid))
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}
