/** The nouns of workflows put together: the facade for dialects, the desk for movers, and what runs by itself. */

import type { Clock } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import type { FindIdentity } from '../../executor/account.ts'
import type { Desk } from '../../executor/desk.ts'
import type { Store } from '../../store/store.ts'
import type { Site } from '../../workflow/site.ts'
import type { Engine } from '../engine.ts'
import { browse, type FindLedger, within } from './browse.ts'
import { createDefinitions, installBuiltIns } from './definitions.ts'
import { createDesk } from './desk.ts'
import { Follower } from './follow.ts'
import { type Actions, createActions } from './hub/actions.ts'
import { type Alerts, createAlerts } from './hub/alerts.ts'
import { type Bandwidths, SiteBandwidths } from './hub/bandwidths.ts'
import { createCleaning } from './hub/cleaning.ts'
import { type Configurations, createConfigurations } from './hub/configurations.ts'
import { createFeatures, type Features } from './hub/features.ts'
import { createGroups, type Groups } from './hub/groups.ts'
import { createHealth, type Health } from './hub/health.ts'
import { createJobAlerts } from './hub/job-alerts.ts'
import { createSearches, type Searches } from './hub/searches.ts'
import { Progress } from './progress.ts'
import { reconcile } from './reconcile.ts'
import type { Room } from './room.ts'
import { createRuns } from './runs.ts'
import { Schedules } from './schedules.ts'
import type { TaskJobs } from './task-jobs.ts'
import { Turns } from './turns.ts'
import type { Workflows } from './workflows.ts'

export interface WorkflowParts {
  store: Pick<Store, 'workflows' | 'users'>
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
  configurations: Configurations
  features: Features
  actions: Actions
  searches: Searches
  alerts: Alerts
  groups: Groups
  health: Health
  bandwidths: Bandwidths
  desk: Desk
  attach(engine: Pick<Engine, 'bus' | 'tasks'>): void
}

const DAY_MS = 86_400_000

export function createWorkflows(parts: WorkflowParts): WorkflowKeeping {
  const { sites, findLedger = () => undefined, clock, log } = parts
  const store = parts.store.workflows
  const small = { store, clock, sites, users: parts.store.users }
  const configurations = createConfigurations(small)
  const bandwidths = new SiteBandwidths(small)
  const attached = new Attached()
  const room: Room = {
    ...parts,
    store,
    get jobs() {
      return attached.tasks
    },
    progress: new Progress(),
    turns: new Turns(),
    beginnings: new Turns(),
    keepMs: async () => (await configurations.number('jobs_ttl')) * DAY_MS,
    countsAnywhere: async (task) => (await configurations.names('custom_statistics_tasks')).includes(task),
    bandwidthOf: (site) => bandwidths.of(site),
    onOver: (run) => schedules.onOver(run),
  }
  const schedules = new Schedules(room, () => configurations.isOn('schedules_enabled'))
  const look: Workflows['browse'] = async (caller, site, path) => {
    const mostMs = (await configurations.number('stat_timeout')) * 1000
    return within(clock, mostMs, browse(room, findLedger, caller, { site, path }))
  }
  const searches = createSearches({ ...small, configurations, browse: look, log })
  const health = createHealth({
    sites,
    hostName: () => attached.tasks.hostName(),
    isReachable: (site) => attached.tasks.isReachable(site),
  })
  const ofRuns = createJobAlerts({ store, configurations, progress: room.progress, clock })
  const alerts = createAlerts({ store, health, ofRuns, clock, log })
  return {
    workflows: {
      sites: () => sites,
      ...createDefinitions(store),
      nodeName: () => attached.tasks.hostName(),
      ...createRuns(room),
      ...facadeOf(schedules),
      browse: look,
    },
    ...{ configurations, bandwidths, searches, health, groups: createGroups(small), features: createFeatures(small) },
    actions: createActions(small, health),
    alerts,
    desk: createDesk(room),
    ...lifeOf(room, attached, [
      { start: async () => void (await configurations.get()), stop: async () => {} },
      bandwidths,
      schedules,
      alerts,
      createCleaning({ store, keepMs: room.keepMs, searches, clock, log }),
      { start: async () => {}, stop: () => searches.end() },
    ]),
  }
}

/** The engine, which needs the desk before it can be. */
class Attached {
  #tasks: TaskJobs | undefined

  get tasks(): TaskJobs {
    if (!this.#tasks) throw new Error('the engine is not attached yet')
    return this.#tasks
  }

  set tasks(tasks: TaskJobs) {
    this.#tasks = tasks
  }
}

function facadeOf(schedules: Schedules) {
  return {
    schedules: () => schedules.schedules(),
    createSchedule: (caller, schedule) => schedules.createSchedule(caller, schedule),
    changeSchedule: (caller, schedule) => schedules.changeSchedule(caller, schedule),
    removeSchedule: (caller, id) => schedules.removeSchedule(caller, id),
  } satisfies Partial<Workflows>
}

function lifeOf(room: Room, attached: Attached, services: readonly Service[]) {
  const follower = new Follower(room)
  return {
    attach({ bus, tasks }: Pick<Engine, 'bus' | 'tasks'>) {
      attached.tasks = tasks
      follower.listen(bus)
    },
    async start() {
      await installBuiltIns(room.store)
      await reconcile(room)
      for (const service of services) await service.start()
    },
    async stop() {
      for (const service of services.toReversed()) await service.stop()
      await follower.stop()
      await room.turns.settle()
    },
  }
}
