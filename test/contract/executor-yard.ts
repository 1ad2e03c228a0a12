/** An executor under test, what it told, and short words for orders to it. */

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { vi } from 'vitest'
import type { Executor, ExecutorSamples, SignalOrder, StartOrder } from '../../src/executor/executor.ts'
import { EventLog } from '../support/event-log.ts'
import { linesOf } from '../support/processes.ts'

export interface ExecutorUnderTest {
  /** An executor over the same state each time within a test. */
  make(): Executor
  /** A new folder whose content is gone after the test. */
  folder(): string
  /** Ends whatever the executor left running. */
  clear(): Promise<void>
  /** True where CPU time and peak RAM are known also of jobs that end at once. */
  measuresShortJobs: boolean
  /** Kills the keeper of the jobs without warning, if they have one that is not the server. */
  killKeeper(): Promise<void>
}

type Changes = Partial<StartOrder>

const PATIENCE = { timeout: 20_000, interval: 20 }
const DEFAULTS = { attempt: 1, account: null, nice: 0, umask: 0o022, killAfterMs: 0, ramLimitMb: 0 }

export class Yard {
  readonly subject: ExecutorUnderTest
  folder = ''
  executor!: Executor
  log!: EventLog
  /** What was told since the server came last. */
  samples: ExecutorSamples[] = []
  #lastId = 0

  constructor(subject: ExecutorUnderTest) {
    this.subject = subject
  }

  /** A server comes (back); answers how it was greeted. */
  readonly open = async () => {
    this.executor = this.subject.make()
    this.log = new EventLog(this.executor)
    const samples: ExecutorSamples[] = []
    this.samples = samples
    this.executor.watch((seen) => samples.push(seen))
    await this.executor.open()
    return this.log.next('connected')
  }

  readonly order = (changes: Changes = {}): StartOrder => {
    this.#lastId += 1
    const logfile = join(this.folder, `${this.#lastId}.log`)
    const command = { argv: ['/bin/true'], env: { PATH: '/usr/bin:/bin' } }
    return { ...DEFAULTS, ...command, jobId: this.#lastId, rundir: this.folder, logfile, ...changes }
  }

  readonly shell = (script: string, changes: Changes = {}): StartOrder =>
    this.order({ argv: ['/bin/sh', '-c', script], ...changes })

  readonly start = (wanted: StartOrder): StartOrder => {
    this.executor.start([wanted])
    return wanted
  }

  /** Starts it and answers how it ended. */
  readonly run = (wanted: StartOrder) => this.log.exitOf(this.start(wanted).jobId)

  readonly signal = ({ jobId, attempt }: StartOrder, order: Omit<SignalOrder, 'jobId' | 'attempt'>) =>
    this.executor.signal({ jobId, attempt, ...order })

  readonly logOf = ({ logfile }: StartOrder) => readFileSync(logfile ?? '', 'utf8')

  /** Settles when the first line of the job's log says `ready`. */
  readonly ready = ({ logfile }: StartOrder) => vi.waitUntil(() => linesOf(logfile ?? '')[0] === 'ready', PATIENCE)
}
