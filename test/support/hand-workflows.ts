/** Workflows in memory whose runs move only as a test says, with the rules of who may what. */

import { type Caller, permit, reaches } from '../../src/auth/caller.ts'
import type { Clock } from '../../src/base/clock.ts'
import { DomainError } from '../../src/base/errors.ts'
import type {
  RunFilter,
  Schedule,
  SiteFile,
  Submission,
  TaskListing,
  Workflows,
} from '../../src/engine/workflow/workflows.ts'
import { BUILT_IN } from '../../src/workflow/builtin.ts'
import { changeDefinition, readDefinition } from '../../src/workflow/definition.ts'
import { settleFields } from '../../src/workflow/field-values.ts'
import type { PathOutcome } from '../../src/workflow/path-entry.ts'
import type { Site } from '../../src/workflow/site.ts'
import { controlled } from '../../src/workflow/state.ts'
import type { Run, RunState, Task } from '../../src/workflow/task.ts'
import type { Workflow } from '../../src/workflow/workflow.ts'

const NOTHING = { processed: 0, skipped: 0, aborted: 0, failed: 0 }
const NO_TASKS = { pending: 0, started: 0, success: 0, failure: 0, error: 0, skipped: 0, cancelled: 0 }

export function aSite(id: number, name: string, changes: Partial<Site> = {}): Site {
  const s3 = { endpoint: null, region: 'eu-west-2', credentialsFile: '/secret/file', pathStyle: false }
  const target = { name: 'bucket', storage: { kind: 's3' as const, bucket: 'bucket01', prefix: '' }, s3, below: '' }
  const queues = [{ name: 'default', threads: 10 }]
  return { id, name, roots: ['/mmfs1'], targets: [target], queues, bandwidthBytes: 0, hash: 'xxh3', ...changes }
}

export class HandWorkflows implements Workflows {
  readonly #clock: Pick<Clock, 'now'>
  readonly #sites: readonly Site[]
  #workflows: Workflow[]
  #schedules: Schedule[] = []
  readonly runsHeld: Run[] = []
  readonly tasksHeld: Task[] = []
  readonly outcomes = new Map<number, PathOutcome[]>()
  files: SiteFile[] = []

  constructor(clock: Pick<Clock, 'now'>, sites: readonly Site[]) {
    this.#clock = clock
    this.#sites = sites
    this.#workflows = BUILT_IN.map((one, index) => ({ ...readDefinition(one), id: index + 1, builtIn: true }))
  }

  sites = () => this.#sites
  nodeName = () => 'host100'
  list = async () => this.#workflows

  async create(caller: Caller, definition: unknown): Promise<Workflow> {
    administer(caller)
    const read = readDefinition(definition)
    if (this.#workflows.some(({ name }) => name === read.name))
      throw new DomainError('conflict', 'This field must be unique.', { field: 'name' })
    const made = { ...read, id: Math.max(...this.#workflows.map(({ id }) => id)) + 1, builtIn: false }
    this.#workflows.push(made)
    return made
  }

  async change(caller: Caller, id: number, definition: unknown, partial: boolean): Promise<Workflow> {
    administer(caller)
    const before = found(this.#workflows, id)
    const changed = { ...before, ...(partial ? changeDefinition(before, definition) : readDefinition(definition)) }
    this.#workflows = this.#workflows.map((each) => (each.id === id ? changed : each))
    return changed
  }

  async remove(caller: Caller, id: number): Promise<void> {
    administer(caller)
    if (found(this.#workflows, id).builtIn)
      throw new DomainError('conflict', 'a built-in workflow cannot be removed; disable it instead')
    this.#workflows = this.#workflows.filter((each) => each.id !== id)
  }

  async submit(caller: Caller, submission: Submission): Promise<Run> {
    permit(caller, 'submit', caller.user)
    const { workflow: name, site, queue, paths, clientKey, schedule } = submission
    const workflow = this.#workflows.find((each) => each.name === name)
    if (!workflow) throw noObject('workflow', name)
    const place = this.#sites.find((each) => each.name === site)
    if (!place) throw noObject('site', site)
    const known = { sites: this.#sites.map((each) => each.name), queues: ['default'] }
    const run: Run = {
      id: this.runsHeld.length + 1,
      version: 1,
      workflow: name,
      label: workflow.label,
      site,
      queue: queue || 'default',
      owner: caller.user,
      clientKey,
      schedule,
      state: 'pending',
      discovery: submission.discovery === undefined ? workflow.discovery : submission.discovery,
      paths: paths.map(({ path, state = 'processed' }) => ({ path, state })),
      fields: settleFields(workflow.fields, submission.fields, known),
      createdAt: this.#clock.now(),
      startedAt: null,
      completedAt: null,
      totals: { discovered: paths.length, discoveredBytes: 0, outcomes: NOTHING, movedBytes: 0, tasks: NO_TASKS },
    }
    this.runsHeld.push(run)
    this.#addTask(run)
    return this.#stateful(run.id, { totals: { ...run.totals, tasks: { ...NO_TASKS, pending: 1 } } })
  }

  #addTask({ id: run, site, queue, fields, paths }: Run): void {
    const id = this.tasksHeld.length + 1
    const times = { createdAt: this.#clock.now(), startedAt: null, completedAt: null }
    const place = { run, jobId: 1000 + id, name: 'dynamo.tasks.migrate', site, queue, lane: 'worker' as const }
    const standing = { state: 'pending' as const, outcomes: NOTHING, movedBytes: 0, message: '' }
    this.tasksHeld.push({
      id,
      ...place,
      ...standing,
      ...times,
      arguments: fields,
      parent: null,
      rule: 0,
      step: 0,
      pathCount: paths.length,
    })
  }

  #stateful(id: number, changes: Partial<Run>): Run {
    const changed = { ...found(this.runsHeld, id), ...changes }
    this.runsHeld[id - 1] = changed
    return changed
  }

  /** Lets a run come to a state. */
  bring(id: number, state: RunState): Run {
    const now = this.#clock.now()
    const before = found(this.runsHeld, id)
    const isOver = ['success', 'failure', 'error', 'skipped', 'cancelled'].includes(state)
    const task = state === 'success' || state === 'error' || state === 'skipped' ? state : 'pending'
    const totals = { ...before.totals, tasks: { ...NO_TASKS, [task]: 1 } }
    return this.#stateful(id, { state, totals, startedAt: now, completedAt: isOver ? now : null })
  }

  run = async (_caller: Caller, id: number) => found(this.runsHeld, id)

  async runs(_caller: Caller, { filter, order, offset, limit }: Parameters<Workflows['runs']>[1]): Promise<Run[]> {
    const key = (run: Run) => (order.field === 'created' ? run.createdAt : run[order.field])
    const sign = order.descending ? -1 : 1
    const sorted = this.#filtered(filter).sort(
      (one, other) => sign * (key(one) < key(other) ? -1 : key(one) > key(other) ? 1 : one.id - other.id),
    )
    return sorted.slice(offset, offset + limit)
  }

  #filtered(filter: RunFilter): Run[] {
    const { ids, sites, states, workflows, queues, owners, createdFrom = 0, createdBefore = Infinity } = filter
    const fits = <Value>(wanted: readonly Value[] | undefined, value: Value) => !wanted || wanted.includes(value)
    return this.runsHeld.filter(
      (run) =>
        fits(ids, run.id) &&
        fits(sites, run.site) &&
        fits(states, run.state) &&
        fits(workflows, run.workflow) &&
        fits(queues, run.queue) &&
        fits(owners, run.owner) &&
        run.createdAt >= createdFrom &&
        run.createdAt < createdBefore &&
        !(filter.hideNoop && run.state === 'skipped'),
    )
  }

  async stats(_caller: Caller, filter: RunFilter) {
    const runs = this.#filtered(filter)
    const count = (key: (run: Run) => string) =>
      Object.fromEntries([...Map.groupBy(runs, key)].map(([name, group]) => [name, group.length]))
    return {
      count: runs.length,
      types: count((run) => run.workflow),
      states: count((run) => run.state),
      sites: count((run) => run.site),
      days: count((run) => new Date(run.createdAt).toISOString().slice(0, 10)),
    }
  }

  async tasks(_caller: Caller, run: number, { states, offset, limit }: Parameters<Workflows['tasks']>[2]) {
    found(this.runsHeld, run)
    const own = this.tasksHeld.filter((task) => task.run === run && (!states || states.includes(task.state)))
    return own.slice(offset, offset + limit)
  }

  async allTasks(_caller: Caller, { states, descending, offset, limit }: TaskListing) {
    const wanted = this.tasksHeld.filter((task) => !states || states.includes(task.state))
    return (descending ? wanted.toReversed() : wanted).slice(offset, offset + limit)
  }

  async taskCounts() {
    const counts = { ...NO_TASKS }
    for (const { state } of this.tasksHeld) counts[state] += 1
    return counts
  }

  task = async (_caller: Caller, id: number) => found(this.tasksHeld, id)

  async paths(_caller: Caller, id: number) {
    const { paths } = found(this.runsHeld, found(this.tasksHeld, id).run)
    const entries = paths.map(({ path, state }) => ({ path, state, type: 'file' as const, sizeBytes: 7 }))
    return { entries, outcomes: this.outcomes.get(id) ?? [] }
  }

  async control(caller: Caller, id: number, action: 'cancel' | 'pause' | 'resume'): Promise<Run> {
    const run = found(this.runsHeld, id)
    permit(caller, 'control', run.owner)
    const state = controlled(run.state, action)
    if (state === null) throw new DomainError('conflict', 'not in this state')
    return this.#stateful(id, { state })
  }

  async resubmit(caller: Caller, id: number): Promise<Run> {
    const { workflow, site, queue, paths, discovery, fields } = found(this.runsHeld, id)
    return this.submit(caller, { workflow, site, queue, paths, discovery, fields, clientKey: '', schedule: null })
  }

  schedules = async () => this.#schedules

  async createSchedule(caller: Caller, wanted: Parameters<Workflows['createSchedule']>[1]): Promise<Schedule> {
    administer(caller)
    if (!this.#workflows.some(({ name }) => name === wanted.workflow)) throw noObject('workflow', wanted.workflow)
    const rest = { owner: caller.user, createdAt: this.#clock.now(), lastRunAt: null }
    const made = { id: this.#schedules.length + 1, ...wanted, ...rest }
    this.#schedules.push(made)
    return made
  }

  async changeSchedule(caller: Caller, schedule: Schedule): Promise<Schedule> {
    administer(caller)
    this.#schedules = this.#schedules.map((each) => (each.id === schedule.id ? schedule : each))
    return schedule
  }

  async removeSchedule(caller: Caller, id: number): Promise<void> {
    administer(caller)
    found(this.#schedules, id)
    this.#schedules = this.#schedules.filter((each) => each.id !== id)
  }

  async browse(_caller: Caller, site: string, path: string) {
    if (!this.#sites.some(({ name }) => name === site)) throw noObject('site', site)
    if (!path.startsWith('/mmfs1'))
      throw new DomainError('invalid', 'The path lies outside the roots of the site.', { field: 'path' })
    const self = this.files.find((file) => file.path === path)
    if (!self) throw new DomainError('not_found', 'there is no such path')
    return { self, children: self.type === 'directory' ? this.files.filter((file) => file !== self) : [] }
  }
}

function administer(caller: Caller): void {
  if (!reaches(caller, 'admin')) throw new DomainError('forbidden', 'it takes the level ADMIN')
}

function found<Thing extends { id: number }>(things: readonly Thing[], id: number): Thing {
  const thing = things.find((each) => each.id === id)
  if (!thing) throw new DomainError('not_found', `there is no ${id}`)
  return thing
}

function noObject(field: string, name: string): DomainError {
  return new DomainError('invalid', `Object with name=${name} does not exist.`, { field })
}
