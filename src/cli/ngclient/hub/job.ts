/** A job of the hub, one invocation of a workflow, as its API tells it (spec/hub.md 4.9). */

export interface HubJob {
  id: number
  url: string
  type: string
  site: string
  queue: string
  owner: string
  state: string
  discovery: string | null
  /** In a list not all of them. */
  paths: readonly string[]
  path_count?: number
  fields: Readonly<Record<string, unknown>>
  created: string
  started: string | null
  completed: string | null
  /** Paths that were found, or given. */
  numfiles?: number
  /** Of what was found. */
  total_bytes?: number
  moved_bytes?: number
  /** How many paths came to each end, over all steps. */
  stats?: Readonly<Record<string, number>>
}

export interface HubTask {
  id: number
  url: string
  name: string
  site: string
  queue: string
  state: string
  /** The engine's number of it, for `nc info`. */
  taskid?: string
  path_count: number
  stats: Readonly<Record<string, number>>
  /** Why it failed as a whole. */
  message: string
  /** On its own page, and of a large batch only the first. */
  paths?: readonly TaskPath[]
}

export interface TaskPath {
  path: string
  state: string
  message: string
}

export const JOB_STATES = [
  'NEW',
  'PENDING',
  'STARTED',
  'SUCCESS',
  'FAILURE',
  'ERROR',
  'PAUSING',
  'PAUSED',
  'DEQUEUING',
  'CANCELLED',
  'SKIPPED',
] as const

const OVER: readonly string[] = ['SUCCESS', 'FAILURE', 'ERROR', 'CANCELLED', 'SKIPPED']
const GOOD: readonly string[] = ['SUCCESS', 'SKIPPED']

export function isOver({ state }: Pick<HubJob, 'state'>): boolean {
  return OVER.includes(state)
}

/** Nothing to do is as good as done. */
export function succeeded({ state }: Pick<HubJob, 'state'>): boolean {
  return GOOD.includes(state)
}
