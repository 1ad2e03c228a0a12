/** Where a job stands, as a waiting client needs to know it. */

/** An event of `GET /api/v3/events`; also a row of a query. */
export interface JobState {
  id: string
  idint: number
  /** `Running`, `Done`, ... */
  statusnc: string
  /** Exit code; null or -1 without one. */
  exit: number | null
  why: string
}

/** Nothing more will happen to it by itself: it ended, left the queue, or cannot enter it. */
export function hasEnded({ statusnc }: JobState): boolean {
  return ['Done', 'Failed', 'Idle', 'Sleeping', 'Forgotten'].includes(statusnc)
}

export function succeeded({ statusnc }: JobState): boolean {
  return statusnc === 'Done'
}

export function sentenceOf({ id, statusnc, why }: JobState): string {
  return `Job <${id}> is ${statusnc}${why && statusnc !== 'Done' ? `: ${why}` : ''}`
}
