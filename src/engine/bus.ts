/** Tells after the commit what happened; a listener never changes a job, and its failure is its own. */

import type { JobEventKind } from '../job/event.ts'
import type { Job } from '../job/job.ts'

/** `before` is null for a submission, `after` for a job that was forgotten. */
export interface Notice {
  kind: JobEventKind | 'submit' | 'forget'
  before: Job | null
  after: Job | null
}

export type Listener = (notice: Notice) => void

export interface Bus {
  emit(notice: Notice): void
  /** The answer ends the listening. */
  listen(listener: Listener): () => void
}

export function createBus(report: (error: unknown) => void): Bus {
  const listeners = new Set<Listener>()
  return {
    emit(notice) {
      for (const listener of listeners) {
        try {
          listener(notice)
        } catch (error) {
          report(error)
        }
      }
    },
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
}
