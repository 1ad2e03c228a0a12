/** What is amiss with runs, as far as the configurations ask for it (spec/hub.md 10.4). */

import type { Clock, Instant } from '../../../base/clock.ts'
import type { RunListing, WorkflowStore } from '../../../store/workflow-store.ts'
import { isRunOver } from '../../../workflow/state.ts'
import { RUN_STATES, type Run, type RunId } from '../../../workflow/task.ts'
import type { Progress } from '../progress.ts'
import type { Matter } from './alerts.ts'
import type { Configurations } from './configurations.ts'

export interface JobAlertParts {
  store: Pick<WorkflowStore, 'runs'>
  configurations: Pick<Configurations, 'get'>
  progress: Pick<Progress, 'ofRun'>
  clock: Clock
}

const HOUR_MS = 3_600_000
/** How long it is told that a run ended with failures. */
const TOLD_MS = 24 * HOUR_MS
/** Looked at, the oldest of those that go on and the newest of those that failed. */
const MOST_OPEN = 1000
/** Told, so that a bad day can be read. */
const MOST_TOLD = 100
const OPEN = RUN_STATES.filter((state) => !isRunOver(state))

export function createJobAlerts(parts: JobAlertParts): () => Promise<Matter[]> {
  const { store, configurations, clock } = parts
  const progressed = createStandstill(parts)
  const runs = (states: RunListing['filter']['states'], descending: boolean, limit: number) =>
    store.runs({ filter: { states: states! }, order: { field: 'id', descending }, offset: 0, limit })
  return async () => {
    const wishes = wishesIn(await configurations.get())
    if (!wishes.scheduled && !wishes.others) return []
    const isAsked = ({ schedule }: Run) => (schedule === null ? wishes.others : wishes.scheduled)
    const now = clock.now()
    const open = (await runs(OPEN, false, MOST_OPEN)).filter(isAsked)
    const failed = wishes.failed ? (await runs(['error', 'failure'], true, MOST_TOLD)).filter(isAsked) : []
    const stillMs = progressed(open, now)
    const matters = [
      ...open.flatMap((run) => ofOpen(run, wishes, now, stillMs.get(run.id) ?? 0)),
      ...failed.filter(({ completedAt }) => now - (completedAt ?? now) < TOLD_MS).map(hasFailures),
    ]
    return matters.slice(0, MOST_TOLD)
  }
}

interface Wishes {
  scheduled: boolean
  others: boolean
  /** 0 for never. */
  notStartedMs: number
  noProgressMs: number
  failing: boolean
  failed: boolean
}

function wishesIn(configured: Readonly<Record<string, unknown>>): Wishes {
  return {
    scheduled: configured.job_alerts_scheduled === true,
    others: configured.job_alerts_non_scheduled === true,
    notStartedMs: Number(configured.job_alert_not_started_hours) * HOUR_MS,
    noProgressMs: Number(configured.job_alert_no_progress_hours) * HOUR_MS,
    failing: configured.job_alert_failing === true,
    failed: configured.job_alert_has_failures === true,
  }
}

/** How long each run stands still, since it was first seen so by this server. */
function createStandstill({ progress }: Pick<JobAlertParts, 'progress'>) {
  let seen = new Map<RunId, { mark: string; since: Instant }>()
  return (runs: readonly Run[], now: Instant): Map<RunId, number> => {
    const marks = runs.map((run) => {
      const mark = JSON.stringify(progress.ofRun(run).totals)
      const before = seen.get(run.id)
      return [run.id, before?.mark === mark ? before : { mark, since: now }] as const
    })
    seen = new Map(marks)
    return new Map(marks.map(([id, { since }]) => [id, now - since]))
  }
}

function ofOpen(run: Run, wishes: Wishes, now: Instant, stillMs: number): Matter[] {
  const { id, state, createdAt, totals } = run
  const matters: Matter[] = []
  const isLate = wishes.notStartedMs > 0 && now - createdAt >= wishes.notStartedMs
  const isStill = wishes.noProgressMs > 0 && stillMs >= wishes.noProgressMs
  if ((state === 'new' || state === 'pending') && isLate)
    matters.push(matter(run, 'JobNotStarted', `Job ${id} has not started for ${hours(wishes.notStartedMs)}`))
  if (state === 'started' && isStill)
    matters.push(matter(run, 'JobNoProgress', `Job ${id} makes no progress for ${hours(wishes.noProgressMs)}`))
  if (wishes.failing && totals.tasks.failure + totals.tasks.error > 0)
    matters.push(matter(run, 'JobFailing', `Job ${id} has tasks that failed`))
  return matters
}

function hasFailures(run: Run): Matter {
  return matter(run, 'JobHasFailures', `Job ${run.id} ended with tasks that failed`)
}

function matter({ site, queue }: Run, name: string, summary: string): Matter {
  return { site, name, node: null, queue, severity: 'WARNING', summary }
}

function hours(ms: number): string {
  const count = ms / HOUR_MS
  return count === 1 ? 'an hour' : `${count} hours`
}
