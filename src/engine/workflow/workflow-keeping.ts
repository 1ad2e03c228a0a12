/** The nouns of workflows put together: the facade for dialects, the desk for movers, and what runs by itself. */

import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import type { FindIdentity } from '../../executor/account.ts'
import type { Desk } from '../../executor/desk.ts'
import type { Store } from '../../store/store.ts'
import type { Site } from '../../workflow/site.ts'
import type { Engine } from '../engine.ts'
import { browse, type FindLedger } from './browse.ts'
import { createDefinitions, installBuiltIns } from './definitions.ts'
import { createDesk } from './desk.ts'
import { Follower } from './follow.ts'
import { Progress } from './progress.ts'
import { reconcile } from './reconcile.ts'
import type { Room } from './room.ts'
import { createRuns } from './runs.ts'
import { Schedules } from './schedules.ts'
import type { TaskJobs } from './task-jobs.ts'
import { Turns } from './turns.ts'
import type { Workflows } from './workflows.ts'

export interface WorkflowParts {
  store: Pick<Store, 'workflows'>
  sites: readonly Site[]
  /** With whose rights the files of a user are touched. */
  findIdentity: FindIdentity
  findLedger?: FindLedger
  clock: Clock
  log: Logger
}

/** Started after the engine, which is attached before it starts, and stopped before it. */
export interface WorkflowKeeping extends Service {
  workflows: Workflows
  desk: Desk
  attach(engine: Pick<Engine, 'bus' | 'tasks'>): void
}

const DAY_MS = 86_400_000

export function createWorkflows(parts: WorkflowParts): WorkflowKeeping {
  const { sites, findLedger = () => undefined } = parts
  const store = parts.store.workflows
  let tasks: TaskJobs | undefined
  const room: Room = {
    ...parts,
    store,
    get jobs() {
      if (!tasks) throw new Error('the engine is not attached yet')
      return tasks
    },
    progress: new Progress(),
    turns: new Turns(),
    keepMs: async () => 90 * DAY_MS,
    onOver: (run) => schedules.onOver(run),
  }
  const schedules = new Schedules(room, async () => true)
  const follower = new Follower(room)
  return {
    workflows: {
      sites: () => sites,
      ...createDefinitions(store),
      ...createRuns(room),
      schedules: () => schedules.schedules(),
      createSchedule: (caller, schedule) => schedules.createSchedule(caller, schedule),
      changeSchedule: (caller, schedule) => schedules.changeSchedule(caller, schedule),
      removeSchedule: (caller, id) => schedules.removeSchedule(caller, id),
      browse: (caller, site, path) => browse(room, findLedger, caller, { site, path }),
    },
    desk: createDesk(room),
    attach(engine) {
      tasks = engine.tasks
      follower.listen(engine.bus)
    },
    async start() {
      await installBuiltIns(store)
      await reconcile(room)
      await schedules.start()
    },
    async stop() {
      await schedules.stop()
      await follower.stop()
      await room.turns.settle()
    },
  }
}
