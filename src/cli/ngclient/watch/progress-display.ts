/** Shows a job's progress while it is waited for: a bar that is redrawn on a terminal, a line now and then elsewhere. */

import { clearLine, cursorTo } from 'node:readline'
import type { Clock } from '../../../base/clock.ts'
import type { Screen } from '../../terminal/screen.ts'
import type { HubJob } from '../hub/job.ts'
import { lookAt, Meter } from './progress.ts'
import { progressLine, progressSentence } from './progress-line.ts'

export interface ProgressDisplay {
  show(job: HubJob): void
  /** Takes the bar away, so that what is printed next begins a line. */
  end(): void
}

/** Between two lines where nobody looks at a bar. */
const LINE_MS = 10_000
const NARROWEST = 20

export function createProgressDisplay(
  clock: Pick<Clock, 'monotonicMs'>,
  screen: Pick<Screen, 'message'>,
  output: NodeJS.WriteStream = process.stderr,
): ProgressDisplay {
  return output.isTTY ? barOn(output, clock) : linesOn(screen, clock)
}

function barOn(output: NodeJS.WriteStream, clock: Pick<Clock, 'monotonicMs'>): ProgressDisplay {
  const meter = new Meter()
  const wipe = () => {
    cursorTo(output, 0)
    clearLine(output, 0)
  }
  return {
    show(job) {
      const look = lookAt(job, clock.monotonicMs())
      if (job.state === 'PAUSED') meter.forget()
      meter.note(look)
      wipe()
      // The last column stays free: a full line would wrap, and the next one would be drawn below it.
      output.write(progressLine(job.state, look, meter.pace, Math.max(NARROWEST, (output.columns || 80) - 1)))
    },
    end: wipe,
  }
}

function linesOn(screen: Pick<Screen, 'message'>, clock: Pick<Clock, 'monotonicMs'>): ProgressDisplay {
  const meter = new Meter()
  let nextMs = clock.monotonicMs() + LINE_MS
  return {
    show(job) {
      const look = lookAt(job, clock.monotonicMs())
      if (job.state === 'PAUSED') meter.forget()
      meter.note(look)
      if (look.atMs < nextMs) return
      nextMs = look.atMs + LINE_MS
      screen.message(progressSentence(job.id, job.state, look, meter.pace))
    },
    end: () => undefined,
  }
}
