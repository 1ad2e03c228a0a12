/** Who runs what: the machine's executor its jobs, and the movers' executor, where there is one, the tasks of workflows. */

import type { Executor } from '../executor/executor.ts'
import type { Amounts, Job } from '../job/job.ts'
import { isTask } from '../job/task-job.ts'

export class Executors {
  readonly machine: Executor
  readonly movers: Executor | undefined

  constructor(machine: Executor, movers?: Executor) {
    this.machine = machine
    this.movers = movers
  }

  all(): Executor[] {
    return this.movers ? [this.machine, this.movers] : [this.machine]
  }

  ownerOf(job: Pick<Job, 'state' | 'run' | 'request'>): Executor {
    return this.movers && isTask(job) ? this.movers : this.machine
  }

  /** Of the host and of every lane. Movers work on the machine, under its name. */
  capacity(): Amounts {
    const own = this.machine.host().capacity
    return this.movers ? { ...this.movers.host().capacity, ...own } : own
  }
}
