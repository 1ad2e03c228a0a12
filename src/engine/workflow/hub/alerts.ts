/** What somebody should look at now, and what of it an administrator has muted (spec/hub.md 10.4). */

import { type Caller, permit } from '../../../auth/caller.ts'
import type { Clock, Instant } from '../../../base/clock.ts'
import { DomainError } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import type { Service } from '../../../base/service.ts'
import type { WorkflowStore } from '../../../store/workflow-store.ts'
import { createRound } from '../../round.ts'
import type { Health } from './health.ts'

/** What is amiss, told anew at every look for as long as it is. */
export interface Matter {
  site: string
  name: string
  node: string | null
  queue: string | null
  severity: 'INFO' | 'WARNING' | 'CRITICAL'
  summary: string
}

export interface Alert extends Matter {
  id: number
  /** When it was first seen. */
  createdAt: Instant
  /** Of the most recent event. */
  at: Instant
  suppressed: boolean
}

export interface Alerts {
  list(): Promise<Alert[]>
  /** Until the matter is over; when it comes again, it is another. @throws not_found, forbidden */
  suppress(caller: Caller, id: number, suppressed: boolean): Promise<Alert>
}

export interface AlertParts {
  store: Pick<WorkflowStore, 'documents' | 'insertDocument' | 'replaceDocument' | 'removeDocument'>
  health: Health
  /** What is amiss with runs. */
  ofRuns(): Promise<Matter[]>
  clock: Clock
  log: Logger
}

const KIND = 'alert'
/** As the original fetches them. */
const ROUND_MS = 60_000

export function createAlerts(parts: AlertParts): Alerts & Service {
  const { store } = parts
  let last: Promise<unknown> = Promise.resolve()
  /** One look at a time, so that no matter becomes two alerts. */
  const look = (): Promise<Alert[]> => {
    const turn = last.then(() => lookAround(parts))
    last = turn.catch(() => undefined)
    return turn
  }
  const work = async () => void (await look())
  return {
    list: look,
    async suppress(caller, id, suppressed) {
      permit(caller, 'administer', caller.user)
      const alert = (await look()).find((one) => one.id === id)
      if (!alert) throw new DomainError('not_found', `There is no alert ${id}.`)
      await store.replaceDocument(KIND, id, { suppressed })
      return { ...alert, suppressed }
    },
    ...createRound({ complaint: 'alerts could not be looked for', everyMs: ROUND_MS, work }, parts),
  }
}

/** An alert is there while its matter is. */
async function lookAround({ store, health, ofRuns, clock }: AlertParts): Promise<Alert[]> {
  const now = clock.now()
  const matters = new Map([...(await silentSites(health)), ...(await ofRuns())].map((one) => [keyOf(one), one]))
  const documents = await store.documents(KIND)
  const over = documents.filter(({ name }) => !matters.has(name))
  // What cannot be removed now is at the next look.
  await Promise.all(over.map(({ id }) => store.removeDocument(KIND, id).catch(() => false)))
  const known = new Map(documents.map((document) => [document.name, document]))
  const alerts = [...matters].map(async ([key, matter], index): Promise<Alert> => {
    const { id, createdAt, value } = known.get(key) ?? (await begun(store, key, { now, spareId: -index - 1 }))
    return { id, ...matter, createdAt, at: now, suppressed: (value as { suppressed: boolean }).suppressed }
  })
  return Promise.all(alerts)
}

/** Told also while nothing can be stored, with a number for this look alone: a full disk is when somebody should look. */
async function begun(store: AlertParts['store'], name: string, { now, spareId }: { now: Instant; spareId: number }) {
  const value = { suppressed: false }
  const id = await store.insertDocument(KIND, name, value, now).catch(() => spareId)
  return { id, createdAt: now, value }
}

function keyOf({ site, name, node, summary }: Matter): string {
  return JSON.stringify([site, name, node, summary])
}

async function silentSites(health: Health): Promise<Matter[]> {
  const silent = (await health.sites()).filter((site) => site.health !== 'ok')
  return silent.map(({ site }) => ({
    ...{ site, name: 'SiteHealth', node: null, queue: null },
    severity: 'CRITICAL',
    summary: 'No workers are joined',
  }))
}
