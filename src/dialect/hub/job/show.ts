/** A run as the Hub's clients read it, its job (spec/hub.md 4.9), and what stands beside a list of them (2.6). */

import type { RunStats } from '../../../engine/workflow/workflows.ts'
import type { Run } from '../../../workflow/task.ts'
import type { LinkTo } from '../manners/address.ts'
import { showTime, showTimeOrNull } from '../manners/time.ts'
import { COUNTED_STATES, COUNTED_TYPES, showState } from '../words.ts'

/** In a list; one job alone shows all that were given. */
const MOST_PATHS = 100

export function showListedJob(run: Run, links: LinkTo) {
  return showJob({ ...run, paths: run.paths.slice(0, MOST_PATHS) }, links, run.paths.length)
}

export function showJob(run: Run, links: LinkTo, pathCount = run.paths.length) {
  const { totals, id } = run
  const { outcomes } = totals
  return {
    url: links(`/jobs/${id}/`),
    id,
    type: run.workflow,
    label: run.label,
    workflow: run.workflow,
    site: run.site,
    queue: run.queue,
    owner: run.owner,
    clientkey: run.clientKey || null,
    schedule: run.schedule,
    state: showState(run.state),
    discovery: run.discovery,
    paths: run.paths.map(({ path }) => path),
    path_count: pathCount,
    fields: run.fields,
    created: showTime(run.createdAt),
    started: showTimeOrNull(run.startedAt),
    completed: showTimeOrNull(run.completedAt),
    numfiles: totals.discovered,
    total_bytes: totals.discoveredBytes,
    moved_bytes: totals.movedBytes,
    stats: { discovered: totals.discovered, ...outcomes },
    noop: run.state === 'skipped',
    tasks: showTasks(run, links),
  }
}

function showTasks({ id, totals }: Run, links: LinkTo) {
  const counted = Object.entries(totals.tasks).filter(([, count]) => count > 0)
  const state = counted.map(([name, count]) => [name.toUpperCase(), count] as const)
  return { count: taskCount(totals.tasks), url: links(`/jobs/${id}/tasks/`), state: Object.fromEntries(state) }
}

export function taskCount(tasks: Run['totals']['tasks']): number {
  return Object.values(tasks).reduce((sum, count) => sum + count, 0)
}

/** Always with the types and states that the original counts, in its order; others where they occur. */
export function showStats({ types, states, sites, days }: RunStats): object {
  const counted = (names: readonly string[], found: Readonly<Record<string, number | undefined>>) => {
    const zeros = names.map((name) => [name, 0] as const)
    return { ...Object.fromEntries(zeros), ...Object.fromEntries(Object.entries(found)) }
  }
  const byWord = Object.entries(states).map(([state, count]) => [state.toUpperCase(), count] as const)
  return {
    type: counted(COUNTED_TYPES, types),
    state: counted(COUNTED_STATES.map(showState), Object.fromEntries(byWord)),
    created: days,
    site: sites,
  }
}
