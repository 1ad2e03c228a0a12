/** Lets only so many at a time do something costly, and only so many wait for it. */

import { DomainError } from '../base/errors.ts'

export interface Gate {
  /** Runs `work` as soon as there is room. @throws unavailable when too many wait already */
  pass<Result>(work: () => Promise<Result>): Promise<Result>
}

export function createGate({ atOnce, waiting }: { atOnce: number; waiting: number }): Gate {
  const queue: (() => void)[] = []
  let inside = 0
  return {
    async pass(work) {
      if (queue.length >= waiting)
        throw new DomainError(
          'unavailable',
          'too many people are signing in at this moment; try again in a few seconds',
        )
      if (inside >= atOnce) await new Promise<void>((enter) => queue.push(enter))
      else inside += 1
      try {
        return await work()
      } finally {
        // Whoever waited longest takes over the place, so that nobody slips in between.
        const next = queue.shift()
        if (next) next()
        else inside -= 1
      }
    },
  }
}
