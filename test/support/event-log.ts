/** What an executor has told, to be waited for. */

import { onTestFinished } from 'vitest'
import type { Executor, ExecutorEvent } from '../../src/executor/executor.ts'

type Kind = ExecutorEvent['kind']
type Of<K extends Kind> = Extract<ExecutorEvent, { kind: K }>

const PATIENCE_MS = 25_000

export class EventLog {
  readonly events: ExecutorEvent[] = []
  #waiting: (() => void)[] = []

  constructor(executor: Executor) {
    executor.listen((events) => {
      this.events.push(...events)
      for (const look of this.#waiting) look()
    })
  }

  of<K extends Kind>(kind: K, jobId?: number): Of<K>[] {
    return this.events.filter((event): event is Of<K> => {
      return event.kind === kind && (jobId === undefined || ('jobId' in event && event.jobId === jobId))
    })
  }

  /** The first such event, also one that was told before. */
  async next<K extends Kind>(kind: K, jobId?: number): Promise<Of<K>> {
    const [event] = await this.count(1, kind, jobId)
    return event as Of<K>
  }

  /** All such events as soon as there are so many. */
  count<K extends Kind>(count: number, kind: K, jobId?: number): Promise<Of<K>[]> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.of(kind, jobId)
        if (found.length < count) return
        clearTimeout(timer)
        this.#waiting = this.#waiting.filter((other) => other !== look)
        resolve(found)
      }
      const told = () => JSON.stringify(this.events).slice(-2000)
      const timer = setTimeout(
        () => reject(new Error(`no ${kind} of job ${jobId} within ${PATIENCE_MS} ms; told: ${told()}`)),
        PATIENCE_MS,
      )
      onTestFinished(() => clearTimeout(timer))
      this.#waiting.push(look)
      look()
    })
  }

  async exitOf(jobId: number) {
    const { facts } = await this.next('exited', jobId)
    return facts
  }
}
