/** What all that acts on runs and their tasks is handed: what is remembered, the sites, the engine's jobs, the clock. */

import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { FindIdentity } from '../../executor/account.ts'
import type { WorkflowStore } from '../../store/workflow-store.ts'
import type { Site } from '../../workflow/site.ts'
import type { Run } from '../../workflow/task.ts'
import type { Progress } from './progress.ts'
import type { TaskJobs } from './task-jobs.ts'
import type { Turns } from './turns.ts'

export interface Room {
  store: WorkflowStore
  sites: readonly Site[]
  findIdentity: FindIdentity
  /** Of the engine. */
  jobs: TaskJobs
  progress: Progress
  turns: Turns
  /** Of runs that compare, by what they keep. */
  beginnings: Turns<string>
  /** How long what has ended is kept; 0 for ever. */
  keepMs(): Promise<number>
  /** Whether what such a task does counts for its run although it goes on (spec/hub.md 5.5). */
  countsAnywhere(task: string): Promise<boolean>
  /** Bytes a second of a site at this moment. */
  bandwidthOf(site: string): number
  /** Called when a run is over, within its turn. */
  onOver(run: Run): void
  clock: Clock
  log: Logger
}

export function siteNamed({ sites }: Pick<Room, 'sites'>, name: string): Site | undefined {
  return sites.find((site) => site.name === name)
}

/** Why a task cannot be done there; undefined where it can. */
export function unreachable(room: Pick<Room, 'sites'>, { site, queue }: { site: string; queue: string }) {
  const found = siteNamed(room, site)
  if (!found) return `There is no site ${site}.`
  if (!found.queues.some(({ name }) => name === queue)) return `The site ${site} has no queue ${queue}.`
  return undefined
}
