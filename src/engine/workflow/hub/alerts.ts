/** What somebody should look at now: sites out of reach, runs that do not begin, runs with failures (spec/hub.md 10.4). */

import type { Clock, Instant } from '../../../base/clock.ts'
import type { WorkflowStore } from '../../../store/workflow-store.ts'
import type { Run } from '../../../workflow/task.ts'
import type { Health } from './health.ts'

export interface Alert {
  id: number
  site: string
  name: string
  node: string | null
  queue: string | null
  createdAt: Instant
  /** Of the most recent event. */
  at: Instant
  severity: 'INFO' | 'WARNING' | 'CRITICAL'
  summary: string
  suppressed: boolean
}

export interface Alerts {
  list(): Promise<Alert[]>
}

type Matter = Omit<Alert, 'id' | 'createdAt' | 'at' | 'suppressed'>

const HOUR_MS = 3_600_000
const UNSTARTED_MS = 2 * HOUR_MS
/** Of runs, so that a bad day can be read. */
const MOST = 100

/** Numbers and times are of this server's life: an alert is there while its matter is. */
export function createAlerts(store: Pick<WorkflowStore, 'openRuns'>, health: Health, clock: Clock): Alerts {
  const known = new Map<string, Pick<Alert, 'id' | 'createdAt'>>()
  let lastId = 0
  return {
    async list() {
      const now = clock.now()
      const ofRuns = (await store.openRuns()).flatMap((run) => mattersOf(run, now)).slice(0, MOST)
      const matters = [...(await silentSites(health)), ...ofRuns]
      const keys = new Set(matters.map(keyOf))
      for (const key of known.keys()) if (!keys.has(key)) known.delete(key)
      return matters.map((matter) => {
        const key = keyOf(matter)
        const first = known.get(key) ?? { id: ++lastId, createdAt: now }
        known.set(key, first)
        return { ...matter, ...first, at: now, suppressed: false }
      })
    },
  }
}

function keyOf({ site, name, summary }: Matter): string {
  return [site, name, summary].join('\u001f')
}

async function silentSites(health: Health): Promise<Matter[]> {
  const silent = (await health.sites()).filter((site) => site.health !== 'ok')
  return silent.map(({ site }) => ({
    ...{ site, name: 'SiteHealth', node: null, queue: null },
    severity: 'CRITICAL',
    summary: 'No workers are joined',
  }))
}

function mattersOf({ id, site, queue, state, createdAt, totals }: Run, now: Instant): Matter[] {
  const where = { site, node: null, queue, severity: 'WARNING' } as const
  const { failure, error } = totals.tasks
  const matters: Matter[] = []
  if (state === 'pending' && now - createdAt > UNSTARTED_MS)
    matters.push({ ...where, name: 'JobNotStarted', summary: `Job ${id} has not started for two hours` })
  if (failure + error > 0) matters.push({ ...where, name: 'JobFailing', summary: `Job ${id} has tasks that failed` })
  return matters
}
