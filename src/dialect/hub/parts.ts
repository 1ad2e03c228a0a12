/** What the dialect stands on; `server.ts` hands it over. */

import type { Auth } from '../../auth/auth.ts'
import type { Caller } from '../../auth/caller.ts'
import type { Instant } from '../../base/clock.ts'
import type { Logger } from '../../base/log.ts'
import type { Workflows } from '../../engine/workflow/workflows.ts'

/** Settings that are changed while the server runs (spec/hub.md 10.2), by the names of the original. */
export interface Configurations {
  get(): Promise<Readonly<Record<string, unknown>>>
  /** @throws invalid naming the setting, forbidden */
  change(caller: Caller, changes: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>
}

export interface Feature {
  name: string
  description: string
  enabled: boolean
}

export interface Features {
  list(): Promise<Feature[]>
  /** @throws not_found, forbidden */
  change(caller: Caller, name: string, enabled: boolean): Promise<Feature>
}

export interface Action {
  id: number
  action: string
  user: string
  state: 'pending' | 'started' | 'success' | 'failure'
  results: unknown
}

export interface Actions {
  /** @throws invalid naming `action`, forbidden */
  start(caller: Caller, action: string): Promise<Action>
  /** @throws not_found */
  get(caller: Caller, id: number): Promise<Action>
}

export interface SearchRequest {
  path: string
  /** undefined for all. */
  sites: readonly string[] | undefined
  recursive: boolean
  filters: Readonly<Record<string, unknown>>
  metadataFields: readonly string[]
  merge: boolean
}

export interface Search {
  id: number
  request: SearchRequest
  createdAt: Instant
  /** False while sites are still looked through. */
  isComplete: boolean
  count: number
}

export interface SearchHit {
  site: string
  path: string
  name: string
  metadata: Readonly<Record<string, unknown>>
}

export interface Searches {
  /** @throws invalid naming the key, forbidden */
  start(caller: Caller, request: SearchRequest): Promise<number>
  /** @throws not_found */
  get(caller: Caller, id: number): Promise<Search>
  hits(caller: Caller, id: number, page: { offset: number; limit: number }): Promise<SearchHit[]>
}

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

export interface Group {
  id: number
  name: string
  description: string
  members: readonly string[]
}

export interface Groups {
  list(caller: Caller): Promise<Group[]>
  /** @throws invalid naming the key, conflict, forbidden */
  create(caller: Caller, group: Omit<Group, 'id'>): Promise<Group>
  /** @throws not_found too */
  change(caller: Caller, id: number, changes: Partial<Omit<Group, 'id'>>): Promise<Group>
  remove(caller: Caller, id: number): Promise<void>
}

export type HealthWord = 'ok' | 'warning' | 'critical'

export interface SiteHealth {
  site: string
  health: HealthWord
  nodes: readonly { name: string; health: HealthWord; online: boolean }[]
}

export interface Health {
  sites(): Promise<SiteHealth[]>
}

export interface Bandwidths {
  /** Bytes a second over all targets of a site at this moment; 0 for no limit. */
  of(site: string): number
  /** Holds at once. @throws not_found, forbidden */
  limit(caller: Caller, site: string, bytes: number): Promise<void>
}

export interface HubParts {
  workflows: Workflows
  configurations: Configurations
  features: Features
  actions: Actions
  searches: Searches
  alerts: Alerts
  groups: Groups
  health: Health
  bandwidths: Bandwidths
  auth: Pick<Auth, 'hub' | 'door' | 'accounts'>
  project: { name: string; version: string }
  /** What all paths of ours stand below, with the prefix: `http://HOST:PORT/hub`; the one in use first. */
  urls(): readonly string[]
  log: Logger
}
