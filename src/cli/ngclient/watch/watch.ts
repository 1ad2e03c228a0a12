/** Waiting for a job of the hub: until it is over, the time has run out, or Ctrl-C. The job goes on whatever we do. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from '../../../base/clock.ts'
import { isTemporary, Patience } from '../../client/patience.ts'
import { EXIT_FAILED, EXIT_OK, EXIT_USAGE } from '../../failure.ts'
import type { Screen } from '../../terminal/screen.ts'
import { failuresOf } from '../hub/failures.ts'
import type { Hub } from '../hub/hub.ts'
import { type HubJob, isOver, succeeded } from '../hub/job.ts'
import { createProgressDisplay, type ProgressDisplay } from './progress-display.ts'
import { failureLines, summaryOf } from './summary.ts'

export interface Watching {
  hub: Hub
  clock: Clock
  screen: Screen
  /** undefined waits as long as it takes. */
  timeoutMs: number | undefined
  json: boolean
}

/** Between two looks: short for a job of one file, then rare enough for hundreds of waiting people. */
const LOOK_MS = 100
const LOOK_LONGEST_MS = 1000

const EXIT_INTERRUPTED = 130

/** Waits, and tells how the job ended. The exit code. */
export async function waitFor(id: number, watching: Watching): Promise<number> {
  const { hub, clock, screen, json } = watching
  const display = createProgressDisplay(clock, screen)
  const leave = () => interrupted(id, display, screen)
  process.once('SIGINT', leave)
  try {
    const job = await endOf(id, watching, display)
    if (!job || !isOver(job)) {
      const onward =
        job?.state === 'PAUSED' ? `is paused. ${resumption(id)}` : `goes on. To wait on: ngclient jobs wait ${id}`
      screen.message(`the time is over, and job ${id} ${onward}`)
      return EXIT_USAGE
    }
    if (json) screen.json(job)
    else await tellEnd(job, hub, screen)
    return succeeded(job) ? EXIT_OK : EXIT_FAILED
  } finally {
    process.removeListener('SIGINT', leave)
  }
}

function interrupted(id: number, display: ProgressDisplay, screen: Screen): never {
  display.end()
  screen.message(`not waiting any more; job ${id} goes on. To stop it: ngclient jobs cancel ${id}`)
  process.exit(EXIT_INTERRUPTED)
}

function resumption(id: number): string {
  return `To go on with it: ngclient jobs resume ${id}`
}

/** The job once it is over, or as it was seen last when the time ran out before. */
async function endOf(
  id: number,
  { hub, clock, screen, timeoutMs = Number.POSITIVE_INFINITY }: Watching,
  display: ProgressDisplay,
): Promise<HubJob | undefined> {
  const deadline = clock.monotonicMs() + timeoutMs
  const patience = new Patience(screen)
  let last: HubJob | undefined
  try {
    for (let waitMs = LOOK_MS; ; waitMs = Math.min(waitMs * 1.5, LOOK_LONGEST_MS)) {
      const job = await look(id, hub)
      if (job) {
        patience.restore()
        display.show(job)
        last = job
        if (isOver(job)) return job
      }
      const leftMs = deadline - clock.monotonicMs()
      if (leftMs <= 0) return last
      await (job ? pause(Math.min(waitMs, leftMs)) : patience.wait())
    }
  } finally {
    display.end()
  }
}

/** undefined while the hub does not answer. */
async function look(id: number, hub: Hub): Promise<HubJob | undefined> {
  try {
    return await hub.call<HubJob>({ method: 'GET', path: `jobs/${id}/` })
  } catch (error) {
    if (isTemporary(error)) return undefined
    throw error
  }
}

async function tellEnd(job: HubJob, hub: Hub, screen: Screen): Promise<void> {
  screen.print(summaryOf(job))
  if (succeeded(job)) return
  for (const line of await failureLines(job, failuresOf(job.id, hub))) screen.print(line)
}
