/** Workflows over a real store and engine, with movers that the test steps by hand. */

import { join } from 'node:path'
import { onTestFinished, vi } from 'vitest'
import { silentLog } from '../../src/base/log.ts'
import { createEngine, type Engine } from '../../src/engine/engine.ts'
import { createWorkflows, type WorkflowKeeping } from '../../src/engine/workflow/workflow-keeping.ts'
import type { Submission } from '../../src/engine/workflow/workflows.ts'
import type { Host } from '../../src/executor/executor.ts'
import { lanesOf } from '../../src/executor/mover/lanes.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import type { Outcome, PathEntry, PathOutcome } from '../../src/workflow/path-entry.ts'
import type { Site } from '../../src/workflow/site.ts'
import type { Run, RunId, Task } from '../../src/workflow/task.ts'
import type { TaskOrder } from '../../src/workflow/task-order.ts'
import { HandClock } from './clock.ts'
import { testFolder } from './folder.ts'
import { HandExecutor } from './hand-executor.ts'
import { aCaller } from './house.ts'

export const PATIENCE = { timeout: 10_000, interval: 5 }

export function aSite(name: string, changes: Partial<Site> = {}): Site {
  const queues = [
    { name: 'default', threads: 2 },
    { name: 'fast', threads: 4 },
  ]
  return { id: 1, name, roots: ['/data'], targets: [], queues, bandwidthBytes: 0, hash: 'xxh3', ...changes }
}

export const SITES: readonly Site[] = [aSite('one'), aSite('two', { id: 2 })]

export function aSubmission(changes: Partial<Submission> = {}): Submission {
  const given = { workflow: 'migrate', site: 'one', queue: '', paths: [{ path: '/data/x' }], discovery: undefined }
  return { ...given, fields: {}, clientKey: '', schedule: null, ...changes }
}

export function anEntry(path: string, changes: Partial<PathEntry> = {}): PathEntry {
  return { path, type: 'file', sizeBytes: 10, state: 'processed', ...changes }
}

/** Lanes instead of slots. */
class HandMovers extends HandExecutor {
  sites = SITES

  override host(): Host {
    const lanes = this.sites.map((site) => lanesOf(site, this.isConnected))
    return { ...super.host(), capacity: Object.assign({}, ...lanes) }
  }
}

export class WorkflowHouse {
  readonly sites: readonly Site[]
  readonly clock: HandClock
  readonly dataDir: string
  /** Outlive the server. */
  readonly movers: HandMovers
  store!: Store
  engine!: Engine
  keeping!: WorkflowKeeping

  constructor(sites: readonly Site[] = SITES) {
    this.sites = sites
    this.clock = new HandClock()
    this.dataDir = testFolder()
    this.movers = new HandMovers()
    this.movers.sites = sites
    onTestFinished(() => this.close())
  }

  /** `wrapped` stands between the engine and what is stored. */
  async open(wrapped: (store: Store) => Store = (store) => store): Promise<this> {
    this.store = await openSqliteStore({ dataDir: this.dataDir })
    const store = wrapped(this.store)
    const { clock, movers } = this
    this.keeping = createWorkflows({
      store,
      sites: this.sites,
      findIdentity: async () => null,
      clock,
      log: silentLog,
    })
    this.engine = createEngine({
      ...{ store, clock, movers, executor: new HandExecutor(), log: silentLog, runAs: 'server', ownAccount: 'yard' },
      findAccount: async (name) => ({ name, uid: 1000, gid: 1000, home: '/', shell: '/bin/sh' }),
      ...{ projectName: 'vnc', keep: { doneMs: 0, failedMs: 0, othersMs: 0 } },
    })
    this.keeping.attach(this.engine)
    await this.engine.start()
    await this.keeping.start()
    return this
  }

  async close(): Promise<void> {
    await this.keeping?.stop().catch(() => undefined)
    await this.engine?.stop().catch(() => undefined)
    await this.store?.close().catch(() => undefined)
  }

  get workflows() {
    return this.keeping.workflows
  }

  submit(changes: Partial<Submission> = {}, caller = aCaller()): Promise<Run> {
    return this.workflows.submit(caller, aSubmission(changes))
  }

  run(id: RunId): Promise<Run> {
    return this.workflows.run(aCaller(), id)
  }

  tasks(id: RunId): Promise<Task[]> {
    return this.workflows.tasks(aCaller(), id, { offset: 0, limit: 100_000 })
  }

  /** The order of a task that its mover has been told to do. */
  async order(jobId: number): Promise<TaskOrder> {
    await vi.waitUntil(() => this.movers.runs(jobId), PATIENCE)
    const order = await this.keeping.desk.order(this.#attempt(jobId))
    if (!order) throw new Error(`there is no order for ${jobId}`)
    return order
  }

  /** Told and stored, as the movers' executor does it. */
  async find(jobId: number, sequence: number, entries: readonly PathEntry[]): Promise<void> {
    await this.order(jobId)
    await this.keeping.desk.found(this.#attempt(jobId), { sequence, entries, cursor: `after ${sequence}` })
  }

  async end(jobId: number, outcome: Outcome | Record<string, Outcome> = 'processed'): Promise<void> {
    const order = await this.order(jobId)
    const entries = order.kind === 'step' ? order.entries : []
    const outcomes = entries.map(({ path }): PathOutcome => {
      const made = typeof outcome === 'string' ? outcome : (outcome[path] ?? 'processed')
      return {
        path,
        outcome: made,
        message: made === 'failed' ? 'gone' : '',
        movedBytes: made === 'processed' ? 10 : 0,
      }
    })
    await this.endWith(jobId, { outcomes, failure: null, stopped: false })
  }

  /** It was told to end early, and had processed so many of its paths. */
  async yieldAfter(jobId: number, count: number): Promise<void> {
    const { entries } = await this.store.workflows.batch(jobId)
    const outcomes = entries.map(({ path }, index): PathOutcome => {
      return index < count
        ? { path, outcome: 'processed', message: '', movedBytes: 10 }
        : { path, outcome: 'aborted', message: 'stopped before', movedBytes: 0 }
    })
    const left = [...entries.keys()].slice(count)
    await this.keeping.desk.ended(this.#attempt(jobId), { outcomes, failure: null, stopped: false, left })
    this.movers.end(jobId)
  }

  async endWith(jobId: number, end: Parameters<WorkflowKeeping['desk']['ended']>[1]): Promise<void> {
    await this.order(jobId)
    await this.keeping.desk.ended(this.#attempt(jobId), end)
    this.movers.end(jobId, end.failure === null ? {} : { exitCode: 2 })
  }

  #attempt(jobId: number) {
    return { jobId, attempt: this.movers.attemptOf(jobId) }
  }

  /** Settles with the run when it stands so. */
  async until(id: RunId, state: Run['state']): Promise<Run> {
    return vi.waitFor(async () => {
      const run = await this.run(id)
      if (run.state !== state) throw new Error(`run ${id} is ${run.state}: ${JSON.stringify(run.totals.tasks)}`)
      return run
    }, PATIENCE)
  }

  /** Does all that comes, until the run is over: discoveries find `found`, steps process. */
  async finish(id: RunId, found: readonly PathEntry[] = []): Promise<Run> {
    for (;;) {
      const [next] = this.movers.runningIds()
      const run = await this.run(id)
      if (run.completedAt !== null) return run
      if (next === undefined) {
        await new Promise((resolve) => setImmediate(resolve))
        continue
      }
      const order = await this.order(next)
      if (order.kind === 'discovery' && order.sequence === 0 && found.length > 0) await this.find(next, 0, found)
      await this.end(next)
    }
  }
}

export function houseFile(house: WorkflowHouse): string {
  return join(house.dataDir, 'yardmaster.db')
}
