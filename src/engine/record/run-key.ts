/** What names one run of our engine among measured values. */

import type { JobId } from '../../job/job.ts'

/** The id at level `job`: an attempt that ran again is another run. */
export function runKey(jobId: JobId, attempt: number): string {
  return `${jobId}.${attempt}`
}
