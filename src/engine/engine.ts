/** The nouns of the engine put together: all that a dialect may ask for. */

import type { Clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { Service } from '../base/service.ts'
import type { FindAccount } from '../executor/account.ts'
import type { Executor, Host } from '../executor/executor.ts'
import { isLane } from '../job/task-job.ts'
import type { MetricStore } from '../metric/metric-store.ts'
import type { Store } from '../store/store.ts'
import { Board, type Bucket } from './board.ts'
import { type Bus, createBus } from './bus.ts'
import { Dispatcher } from './dispatcher.ts'
import { Executors } from './executors.ts'
import { IdSource } from './ids.ts'
import { createJanitor, type KeepTimes } from './janitor.ts'
import { createJobs, type Jobs } from './jobs.ts'
import { Observer, type ObserverParts } from './observer.ts'
import type { RecordKeeping } from './record/record-keeping.ts'
import { scheduleAgain } from './requeue.ts'
import { createTelemetry } from './telemetry.ts'
import { waitsFor } from './why.ts'
import { createTaskJobs, type TaskJobs } from './workflow/task-jobs.ts'

/** A line of `nc summary`: jobs that wait alike. */
export interface BucketView {
  key: string
  user: string
  group: string
  priority: number
  jobclass: string
  tool: string
  resources: string
  queued: number
  /** What its first job waits for. */
  waitingFor: string
}

export interface Engine extends Service {
  jobs: Jobs
  bus: Bus
  /** The door of the tasks of workflows. */
  tasks: TaskJobs
  /** The record of runs, where one is kept. */
  keeping: RecordKeeping | undefined
  hosts(): Host[]
  /** Slots and other amounts in use on a host, from its running jobs. */
  heldOn(host: string): Readonly<Record<string, number>>
  buckets(): BucketView[]
}

export interface EngineParts {
  store: Store
  executor: Executor
  /** Runs the tasks of workflows; absent where there are no sites. */
  movers?: Executor
  /** As whom jobs run: the submitting account (the server is root), or the server's own. */
  runAs: 'submitter' | 'server'
  findAccount: FindAccount
  /** The server's own login name. */
  ownAccount: string
  projectName: string
  keep: KeepTimes
  keeping?: RecordKeeping
  /** Keeps what the executor sees of runs and its host, as values of the cluster; absent: nobody does. */
  metrics?: MetricStore
  homeCluster?: () => string | undefined
  clock: Clock
  log: Logger
}

export function createEngine(parts: EngineParts): Engine {
  const { store, executor, keeping, clock, log } = parts
  const bus = createBus((error) => log.error({ err: error }, 'a listener failed'))
  const board = new Board(store.jobs)
  const door = { jobs: store.jobs, board, bus }
  const ids = new IdSource(store.jobs)
  const orders = { ...parts, environments: store.environments }
  const executors = new Executors(executor, parts.movers)
  const dispatcher = new Dispatcher({ door, executors, orders, clock, log })
  const janitor = createJanitor(door, parts.keep, { clock, log })
  let observers: Observer[] = []
  const { metrics, homeCluster = () => undefined } = parts
  for (const each of metrics ? executors.all() : []) {
    // Movers work on the machine, under its name.
    const seen = { watch: each.watch.bind(each), host: () => executor.host() }
    createTelemetry({ executor: seen, metrics: metrics!, cluster: homeCluster })
  }
  bus.listen(({ kind }) => kind !== 'start' && dispatcher.wake())
  if (keeping) bus.listen(keeping.hear)

  return {
    bus,
    keeping,
    tasks: createTaskJobs({ door, ids, executors, clock, log }),
    jobs: createJobs({ ...parts, door, ids, dispatcher, executors }),
    hosts: () => [executor.host()],
    heldOn: (host) => within(dispatcher.heldOn(host), executor.host().capacity),
    buckets: () => [...board.buckets()].map((bucket) => viewOf(bucket, executors, dispatcher)),
    async start() {
      board.load(await store.jobs.active(), await store.jobs.buckets())
      for (const job of [...board.active()]) if (job.state === 'withdrawn') await scheduleAgain(door, job.id)
      await keeping?.start()
      const observe = { door, executors, orders, settings: store.settings, clock, log }
      observers = executors.all().map((each) => observerOf(each, dispatcher, observe))
      for (const each of executors.all()) await each.open()
      await janitor.start()
    },
    async stop() {
      for (const each of executors.all()) dispatcher.close(each)
      await janitor.stop()
      await dispatcher.settle()
      for (const observer of observers) await observer.stop()
      await keeping?.stop()
      for (const each of executors.all()) await each.retire()
    },
  }
}

type Observing = Omit<ObserverParts, 'executor' | 'epochSetting' | 'onReady' | 'onLost' | 'onFreed'>

function observerOf(executor: Executor, dispatcher: Dispatcher, parts: Observing): Observer {
  return new Observer({
    ...parts,
    executor,
    epochSetting: executor === parts.executors.machine ? 'executor_epoch' : 'movers_epoch',
    onReady: () => dispatcher.open(executor),
    onLost: () => dispatcher.close(executor),
    onFreed: () => dispatcher.wake(),
  })
}

/** Jobs that were sent ahead hold nothing of the host yet, and lanes are not the host's. */
function within(held: Readonly<Record<string, number>>, capacity: Readonly<Record<string, number>>) {
  const ofHost = Object.entries(held).filter(([name]) => !isLane(name))
  return Object.fromEntries(ofHost.map(([name, amount]) => [name, Math.min(amount, capacity[name] ?? amount)]))
}

function viewOf({ key, count, sample }: Bucket, executors: Executors, dispatcher: Dispatcher): BucketView {
  const { user, group, priority, jobclass, tool, resources } = sample.request
  const offer = executors.ownerOf(sample).connected() ? dispatcher.offer() : undefined
  const waitingFor = waitsFor(sample, offer, executors.machine.host().name)
  return { key, user, group, priority, jobclass, tool, resources, queued: count, waitingFor }
}
