/** Gives tasks to workers: each attempt once, one of a job at a time, and keeps how it ended until that is stored. */

import type { Clock } from '../base/clock.ts'
import { DomainError, messageOf } from '../base/errors.ts'
import type { TaskEnd } from '../executor/desk.ts'
import type { Attempt, Inventory, SignalOrder } from '../executor/executor.ts'
import { attemptKey, type FromMover, type MoverEnd } from '../executor/mover-protocol.ts'
import type { LineLog } from '../executor/resident/line-log.ts'
import type { TaskOrder } from '../workflow/task-order.ts'
import { type Assignment, newAssignment } from './assignment.ts'
import type { AttemptBook } from './attempt-book.ts'
import type { Crew } from './crew.ts'
import type { FromWorker } from './errand.ts'
import type { Recovery } from './recovery.ts'

export interface ForemanParts {
  book: AttemptBook
  crew: Crew
  /** To be over before the first task. */
  recovery: Recovery
  clock: Clock
  log: LineLog
  tell(message: FromMover): void
}

/** A task whose workers die again and again takes them with it: it fails instead of being tried for ever. */
const MOST_ATTEMPTS = 5
const BY_FORCE = /^(SIG)?KILL$/

export class Foreman {
  readonly #parts: ForemanParts
  readonly #known = new Map<string, Assignment>()
  /** What the server told last; undefined while the orders say it. */
  #limitBytes: number | undefined

  constructor(parts: ForemanParts) {
    this.#parts = parts
  }

  get runningCount(): number {
    return this.#known.size
  }

  /** Those that are with a worker. */
  working(): Assignment[] {
    return [...this.#known.values()].filter(({ worker }) => worker !== undefined)
  }

  inventory(): Inventory {
    const { book } = this.#parts
    const pairOf = ({ jobId, attempt }: Attempt, suspended: boolean) => ({ jobId, attempt, suspended })
    const running = [...this.#known.values()].map((known) => pairOf(known, known.suspended))
    return { epoch: book.epoch, running: [...running, ...book.ends().map((end) => pairOf(end, false))] }
  }

  /** What the server that came may have missed. */
  repeat(): void {
    const { book, tell } = this.#parts
    for (const { jobId, attempt, findings } of this.#known.values())
      for (const finding of findings.values()) tell({ kind: 'finding', jobId, attempt, finding })
    for (const end of book.ends()) tell(end)
  }

  start(attempt: Attempt, order: TaskOrder): void {
    const { book, tell } = this.#parts
    const known = book.endOf(attempt)
    if (known) tell(known)
    if (known || this.#known.has(attemptKey(attempt))) return
    try {
      book.intend(attempt)
    } catch (error) {
      tell({
        kind: 'refused',
        ...pairOf(attempt),
        reason: `the disk does not take the mover's book: ${messageOf(error)}`,
      })
      return
    }
    this.#known.set(attemptKey(attempt), newAssignment(attempt, order))
    this.proceed()
  }

  stored(attempts: readonly Attempt[]): void {
    for (const attempt of attempts) if (this.#parts.book.endOf(attempt)) this.#parts.book.forget(attempt)
  }

  findingStored(attempt: Attempt, sequence: number): void {
    const known = this.#known.get(attemptKey(attempt))
    if (known?.findings.delete(sequence)) known.worker?.say({ kind: 'found', sequence })
  }

  /** Of what runs too, at once; 0 for no limit. */
  limit(bytesPerSecond: number): void {
    this.#limitBytes = bytesPerSecond
    this.#shareBandwidth()
  }

  /** Settles when it was obeyed. @throws not_found, invalid, conflict */
  async signal(order: SignalOrder): Promise<void> {
    const known = this.#known.get(attemptKey(order))
    if (!known) throw new DomainError('not_found', `task ${order.jobId} does not run (attempt ${order.attempt})`)
    if (order.action === 'stop') return this.#stop(known, order)
    if (order.action === 'yield') return this.#yield(known)
    if (!known.worker) throw new DomainError('conflict', `task ${order.jobId} is about to start; try again in a moment`)
    if (order.action === 'suspend') return this.#suspend(known)
    if (order.action === 'resume') return this.#resume(known)
    throw new DomainError('invalid', 'a task of a workflow takes no signals; stop, suspend or resume it')
  }

  /** Gives what waits to workers. */
  proceed(): void {
    const all = [...this.#known.values()]
    const isIdle = all.every(({ worker }) => worker === undefined)
    if (this.#parts.recovery.isDue && all.length > 0 && isIdle) this.#parts.recovery.begin(() => this.proceed())
    if (this.#parts.recovery.blocks) return
    const busy = new Set(this.working().map(({ jobId }) => jobId))
    const begun = all.filter((task) => {
      if (busy.has(task.jobId)) return false
      busy.add(task.jobId)
      return this.#hireFor(task)
    })
    this.#shareBandwidth()
    for (const task of begun) this.#begin(task)
  }

  #hireFor(task: Assignment): boolean {
    const { crew, tell } = this.#parts
    try {
      task.worker = crew.hire({
        heard: (message) => this.#hear(task, message),
        died: (reason) => this.#lose(task, reason),
      })
      return true
    } catch (error) {
      this.#letGo(task)
      this.#parts.book.forget(task)
      tell({ kind: 'refused', ...pairOf(task), reason: messageOf(error) })
      return false
    }
  }

  #begin(task: Assignment): void {
    const { clock, tell } = this.#parts
    task.startedAt = clock.now()
    task.worker?.say({ kind: 'task', order: task.order })
    if (task.yielding) task.worker?.say({ kind: 'yield' })
    tell({ kind: 'started', ...pairOf(task), at: task.startedAt, pid: task.worker?.pid ?? 0 })
  }

  #hear(task: Assignment, message: FromWorker): void {
    const { clock, tell } = this.#parts
    const pair = pairOf(task)
    if (message.kind === 'progress') tell({ ...message, ...pair })
    if (message.kind === 'finding') {
      task.findings.set(message.finding.sequence, message.finding)
      tell({ ...message, ...pair })
    }
    if (message.kind === 'resting') {
      task.suspended = true
      tell({ kind: 'suspended', ...pair, at: clock.now() })
      for (const settle of task.resting.splice(0)) settle()
    }
    if (message.kind === 'done') {
      const { cpuMs, maxRamMb, result } = message
      task.worker?.release()
      this.#end(task, { ...result, stopped: task.stopped }, { cpuMs, maxRamMb })
    }
  }

  #stop(task: Assignment, { signals = [] }: SignalOrder): void {
    task.stopped = true
    if (!task.worker) {
      this.#end(task, { outcomes: [], failure: 'The task was stopped before it began.', stopped: true })
      return
    }
    task.forced ||= BY_FORCE.test(signals[0] ?? '')
    if (task.forced) task.worker.signal('SIGKILL')
    else task.worker.say({ kind: 'stop' })
    if (task.suspended) this.#resume(task)
  }

  /** One that waits for a worker yields as soon as it has one: that tells what is left. */
  #yield(task: Assignment): void {
    task.yielding = true
    task.worker?.say({ kind: 'yield' })
    if (task.suspended) this.#resume(task)
  }

  #suspend(task: Assignment): Promise<void> {
    if (task.suspended) throw new DomainError('conflict', `task ${task.jobId} is suspended`)
    task.worker?.say({ kind: 'rest' })
    return new Promise((resolve) => task.resting.push(resolve))
  }

  #resume(task: Assignment): void {
    if (!task.suspended) throw new DomainError('conflict', `task ${task.jobId} is not suspended`)
    task.suspended = false
    task.worker?.signal('SIGCONT')
    this.#parts.tell({ kind: 'resumed', ...pairOf(task), at: this.#parts.clock.now() })
  }

  #lose(task: Assignment, reason: string): void {
    this.#parts.log('warn', `task ${task.order.task} (job ${attemptKey(task)}): ${reason}`)
    this.#parts.recovery.demand()
    const at = this.#parts.clock.now()
    if (task.forced) this.#end(task, { outcomes: [], failure: 'The task was ended by force.', stopped: true })
    else if (task.attempt >= MOST_ATTEMPTS)
      this.#end(task, { outcomes: [], failure: `The task was given up: ${reason}, as often before.`, stopped: false })
    else this.#over(task, { kind: 'lost', ...pairOf(task), at, reason })
  }

  #end(task: Assignment, end: TaskEnd, used = { cpuMs: 0, maxRamMb: 0 }): void {
    const at = this.#parts.clock.now()
    this.#over(task, { kind: 'ended', ...pairOf(task), at, startedAt: task.startedAt || at, end, ...used })
  }

  #over(task: Assignment, end: MoverEnd): void {
    const { book, log, tell } = this.#parts
    this.#letGo(task)
    try {
      book.end(end)
    } catch (error) {
      log('error', `how job ${attemptKey(task)} ended stands in memory alone: ${messageOf(error)}`)
    }
    tell(end)
    this.proceed()
  }

  #letGo(task: Assignment): void {
    this.#known.delete(attemptKey(task))
    for (const settle of task.resting.splice(0)) settle()
  }

  /** In equal parts to those that work. */
  #shareBandwidth(): void {
    const working = this.working()
    for (const { order, worker } of working) {
      const bytesPerSecond = Math.ceil((this.#limitBytes ?? order.site.bandwidthBytes) / working.length)
      worker?.say({ kind: 'bandwidth', bytesPerSecond })
    }
  }
}

function pairOf({ jobId, attempt }: Attempt): Attempt {
  return { jobId, attempt }
}
