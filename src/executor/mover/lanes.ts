/** The lanes of sites as amounts that a host would have (spec/hub.md 6). Pure. */

import { laneResource } from '../../job/task-job.ts'
import type { Site } from '../../workflow/site.ts'
import { LANES, type Lane } from '../../workflow/task.ts'

/** Lanes that every queue has; the others are those of the `default` queue. */
const EVERYWHERE: readonly Lane[] = ['worker', 'discovery', 'custom']
const DEFAULT_QUEUE = 'default'

/** As many of each lane as its queue has threads; none while the site's mover cannot be had. */
export function lanesOf({ name, queues }: Site, isReachable: boolean): Record<string, number> {
  const lanes = queues.flatMap((queue) =>
    LANES.filter((lane) => queue.name === DEFAULT_QUEUE || EVERYWHERE.includes(lane)).map((lane) => {
      const threads = isReachable ? Math.max(1, queue.threads) : 0
      return [laneResource(name, queue.name, lane), threads] as const
    }),
  )
  return Object.fromEntries(lanes)
}
