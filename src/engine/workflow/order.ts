/** A task of the record as the order that its mover gets. */

import { DomainError } from '../../base/errors.ts'
import type { Run, Task } from '../../workflow/task.ts'
import type { TaskOrder } from '../../workflow/task-order.ts'
import type { Workflow } from '../../workflow/workflow.ts'
import { manifestOf } from './manifest.ts'
import { type Room, siteNamed } from './room.ts'

const TASKS = { recursive: 'dynamo.tasks.recursive_navigate', snapdiff: 'dynamo.tasks.snapdiff' } as const

export function discoveryTaskOf(discovery: NonNullable<Run['discovery']>): string {
  return discovery === 'recursive' ? TASKS.recursive : TASKS.snapdiff
}

export function isDiscovery({ rule, step }: Pick<Task, 'rule' | 'step'>): boolean {
  return rule === -1 && step === 0
}

interface AtHand {
  task: Task
  run: Run
  workflow: Workflow
}

/** @throws forbidden where the owner has no account, invalid where a site is gone, unavailable */
export async function orderOfTask(room: Room, { task, run, workflow }: AtHand): Promise<TaskOrder> {
  const { store, findIdentity } = room
  const site = siteNamed(room, task.site)
  const origin = siteNamed(room, run.site)
  if (!site || !origin) throw new DomainError('invalid', `There is no site ${site ? run.site : task.site} any more.`)
  const identity = await findIdentity(run.owner)
  const limited = { ...site, bandwidthBytes: room.bandwidthOf(site.name) }
  const common = { run: run.id, task: task.id, name: task.name, site: limited, identity, arguments: task.arguments }
  if (!isDiscovery(task)) {
    const { entries } = await store.batch(task.id)
    return { kind: 'step', ...common, entries, origin }
  }
  const { sequence, cursor } = (await store.cursor(task.id)) ?? { sequence: 0, cursor: null }
  return {
    kind: 'discovery',
    ...common,
    // They are about the workflow's own way to find paths (spec/hub.md 4.1).
    arguments: { ...(run.discovery === workflow.discovery && workflow.discoveryOptions), ...task.arguments },
    technique: run.discovery === 'recursive' ? 'recursive' : 'snapdiff',
    paths: run.paths.map(({ path }) => path),
    cursor,
    sequence,
    manifest: manifestOf(run) ?? '',
  }
}
