/** From what a caller submits to a run with its first tasks. */

import { type Caller, permit } from '../../auth/caller.ts'
import { DomainError } from '../../base/errors.ts'
import { isReference, resolveAction, settleFields } from '../../workflow/field-values.ts'
import type { PathEntry } from '../../workflow/path-entry.ts'
import { stepsFor } from '../../workflow/plan.ts'
import type { Site } from '../../workflow/site.ts'
import { complaintAbout } from '../../workflow/step.ts'
import type { Run } from '../../workflow/task.ts'
import { DISCOVERIES, type Discovery, type FieldValue, type Workflow } from '../../workflow/workflow.ts'
import { advance, loadRun } from './advance.ts'
import { toTasks } from './desk.ts'
import { insertAlone } from './manifest.ts'
import { discoveryTaskOf } from './order.ts'
import { checkedPaths, entriesOf, type GivenPath } from './paths.ts'
import { type Room, siteNamed, unreachable } from './room.ts'
import type { Submission } from './workflows.ts'

const DEFAULT_QUEUE = 'default'

/** A run that is about to be: everything of it is checked. */
export interface Draft {
  workflow: Workflow
  site: Site
  queue: string
  paths: readonly GivenPath[]
  discovery: Discovery | null
  fields: Readonly<Record<string, FieldValue>>
  /** Found already, by an earlier run. */
  entries?: readonly PathEntry[]
  owner: string
  clientKey: string
  schedule: number | null
}

/** @throws invalid, with `details.field` where it is about one, and forbidden */
export async function submit(room: Room, caller: Caller, submission: Submission): Promise<Run> {
  permit(caller, 'submit', caller.user)
  const draft = await draftOf(room, caller.user, submission)
  await room.findIdentity(caller.user)
  return launch(room, draft)
}

/** @throws invalid */
export async function draftOf(room: Room, owner: string, submission: Submission): Promise<Draft> {
  const workflow = await workflowNamed(room, submission.workflow)
  const site = siteNamed(room, submission.site)
  if (!site) throw unknownName('site', submission.site)
  const queue = submission.queue === '' ? DEFAULT_QUEUE : submission.queue
  if (!site.queues.some(({ name }) => name === queue)) throw unknownName('queue', queue)
  const paths = checkedPaths(site, submission.paths)
  const discovery = discoveryOf(submission, workflow)
  if (discovery !== null && discovery !== 'recursive' && paths.length !== 1)
    throw refused('paths', 'A snapdiff takes exactly one path: the folder whose changes are asked for.')
  const fields = settleFields(workflow.fields, submission.fields, {
    sites: room.sites.map(({ name }) => name),
    queues: [...new Set(room.sites.flatMap(({ queues }) => queues.map(({ name }) => name)))],
  })
  checkActions(room, workflow, { site: site.name, queue, fields })
  const { clientKey, schedule } = submission
  return { workflow, site, queue, paths, discovery, fields, owner, clientKey, schedule }
}

async function workflowNamed({ store }: Room, name: string): Promise<Workflow> {
  const workflow = (await store.definitions()).find((one) => one.name === name)
  if (!workflow) throw unknownName('workflow', name)
  if (!workflow.enabled) throw refused('workflow', `The workflow ${name} is disabled.`)
  return workflow
}

function discoveryOf({ discovery, schedule }: Submission, workflow: Workflow): Discovery | null {
  if (discovery === null) return null
  const asked = discovery ?? workflow.discovery
  if (asked === null) return null
  if (!DISCOVERIES.includes(asked)) throw refused('discovery', `"${asked}" is not a valid choice.`)
  if (asked === 'bidirectional_snapdiff' && schedule === null)
    throw refused('discovery', 'A bidirectional_snapdiff runs by a schedule alone; make one.')
  return asked
}

/** What a step would be given that it does not take, or where it would go that nobody could do it. */
function checkActions(room: Room, { filterRules }: Workflow, run: Pick<Run, 'site' | 'queue' | 'fields'>): void {
  for (const action of filterRules.flatMap(({ actions }) => actions)) {
    const { name, site, queue, arguments: given } = resolveAction(action, run.fields)
    const wrong = complaintAbout(name, given)
    if (wrong) throw refused(fieldOf(action.arguments[wrong.key]) ?? 'workflow', wrong.message)
    const place = site ?? run.site
    const problem = unreachable(room, { site: place, queue: queue ?? (place === run.site ? run.queue : DEFAULT_QUEUE) })
    if (problem) throw refused(fieldOf(action.site) ?? fieldOf(action.queue) ?? 'workflow', problem)
  }
}

/** The one that `*NAME` stands for. */
function fieldOf(written: unknown): string | undefined {
  return isReference(written) ? `fields.${written.slice(1)}` : undefined
}

/** Stores the run with its first tasks in one commit, and brings it on. @throws unavailable, invalid beside one that compares the same */
export async function launch(room: Room, draft: Draft): Promise<Run> {
  const { store, jobs, clock } = room
  const { workflow, site, queue, fields } = draft
  const now = clock.now()
  const place = { site: site.name, queue, fields }
  const entries = draft.discovery === null ? (draft.entries ?? (await entriesOf(draft.paths))) : []
  const steps =
    draft.discovery === null
      ? stepsFor(workflow, place, entries)
      : [{ ...place, ...DISCOVERY_STEP, name: discoveryTaskOf(draft.discovery), arguments: {}, entries: [] }]
  const tasks = toTasks(steps, await jobs.reserve(steps.length), null, now)
  const run: Omit<Run, 'id'> = {
    version: 1,
    workflow: workflow.name,
    label: workflow.label,
    site: site.name,
    queue,
    owner: draft.owner,
    clientKey: draft.clientKey,
    schedule: draft.schedule,
    state: 'pending',
    discovery: draft.discovery,
    paths: draft.paths,
    fields,
    createdAt: now,
    startedAt: null,
    completedAt: null,
    totals: {
      discovered: entries.length,
      discoveredBytes: entries.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      outcomes: { processed: 0, skipped: 0, aborted: 0, failed: 0 },
      movedBytes: 0,
      tasks: { ...NO_TASKS, pending: tasks.length },
    },
  }
  const id = await insertAlone(room, run, () => store.insertRun(run, workflow, tasks))
  return (await room.turns.take(id, () => advance(room, id))) ?? loadRun(room, id)
}

const DISCOVERY_STEP = { lane: 'discovery', rule: -1, step: 0 } as const
const NO_TASKS = { pending: 0, started: 0, success: 0, failure: 0, error: 0, skipped: 0, cancelled: 0 } as const

export function unknownName(field: string, name: string): DomainError {
  return refused(field, `Object with name=${name} does not exist.`)
}

function refused(field: string, message: string): DomainError {
  return new DomainError('invalid', message, { field })
}
