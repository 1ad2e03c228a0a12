/** Which tasks follow from what was found or done: the graph of a run, unfolded as it goes. Pure. */

import { resolveAction } from './field-values.ts'
import type { PathEntry, PathOutcome } from './path-entry.ts'
import { sortByRule } from './rule.ts'
import type { Lane, Run, Task } from './task.ts'
import type { Workflow } from './workflow.ts'

/** A step over a batch, before it is stored. */
export interface PlannedStep {
  name: string
  site: string
  queue: string
  lane: Lane
  arguments: Readonly<Record<string, unknown>>
  rule: number
  step: number
  entries: readonly PathEntry[]
}

/** A batch is small enough to be done again after a crash, and large enough that its task costs little beside it. */
const MOST_PATHS = 1000
const MOST_BYTES = 4 * 2 ** 30

type RunFacts = Pick<Run, 'site' | 'queue' | 'fields'>

/** The first steps for what discovery found or the user gave. */
export function stepsFor(workflow: Workflow, run: RunFacts, entries: readonly PathEntry[]): PlannedStep[] {
  const byRule = [...sortByRule(workflow.filterRules, entries)].sort(([one], [other]) => one - other)
  return byRule.flatMap(([rule, taken]) =>
    batchesOf(taken).map((batch) => plan(workflow, run, { rule, step: 0, batch })),
  )
}

/** The step after this one, over the paths that it processed or found done; none at the end of the chain or without such paths. */
export function stepAfter(
  workflow: Workflow,
  run: RunFacts,
  task: Pick<Task, 'rule' | 'step'>,
  done: { entries: readonly PathEntry[]; outcomes: readonly PathOutcome[] },
): PlannedStep[] {
  const hasNext = workflow.filterRules[task.rule]?.actions[task.step + 1] !== undefined
  const batch = done.entries.flatMap((entry, index) => nextEntry(entry, done.outcomes[index]))
  if (!hasNext || batch.length === 0) return []
  return [plan(workflow, run, { rule: task.rule, step: task.step + 1, batch })]
}

function nextEntry(entry: PathEntry, outcome: PathOutcome | undefined): PathEntry[] {
  if (outcome?.outcome !== 'processed' && outcome?.already !== true) return []
  return [outcome.object === undefined ? entry : { ...entry, object: outcome.object }]
}

function plan(
  workflow: Workflow,
  run: RunFacts,
  { rule, step, batch }: { rule: number; step: number; batch: readonly PathEntry[] },
): PlannedStep {
  const action = resolveAction(workflow.filterRules[rule]!.actions[step]!, run.fields)
  const site = action.site ?? run.site
  // A queue belongs to a site: that of the run is of use on the run's own site alone.
  const queue = action.queue ?? (site === run.site ? run.queue : 'default')
  const lane = action.name.startsWith('dynamo.custom.') ? 'custom' : 'worker'
  return { name: action.name, site, queue, lane, arguments: action.arguments, rule, step, entries: batch }
}

function batchesOf(entries: readonly PathEntry[]): PathEntry[][] {
  const batches: PathEntry[][] = []
  let sizeBytes = MOST_BYTES
  for (const entry of entries) {
    const last = batches.at(-1)
    if (!last || last.length >= MOST_PATHS || sizeBytes + entry.sizeBytes > MOST_BYTES) {
      batches.push([entry])
      sizeBytes = entry.sizeBytes
    } else {
      last.push(entry)
      sizeBytes += entry.sizeBytes
    }
  }
  return batches
}
