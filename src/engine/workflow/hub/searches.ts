/**
 * Searches: each looks through the trees of its sites by itself, within bounds, with the rights of who asked, and what it
 * found is kept for a while. What the server had not finished when it ended is over with what had been found.
 */

import { type Caller, permit } from '../../../auth/caller.ts'
import type { Clock, Instant } from '../../../base/clock.ts'
import { DomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { checkedPath } from '../paths.ts'
import type { SiteFile } from '../workflows.ts'
import type { Configurations } from './configurations.ts'
import { choiceOf, type Matches, type Metadata, matcherOf, metadataOf } from './search-filter.ts'
import type { SmallFactsParts } from './small-facts.ts'

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
  metadata: Metadata
}

export interface Searches {
  /** @throws invalid naming the key, forbidden */
  start(caller: Caller, request: SearchRequest): Promise<number>
  /** @throws not_found */
  get(caller: Caller, id: number): Promise<Search>
  hits(caller: Caller, id: number, page: { offset: number; limit: number }): Promise<SearchHit[]>
}

export interface SearchParts extends SmallFactsParts {
  sites: readonly { name: string; roots: readonly string[] }[]
  configurations: Configurations
  /** What stands in a folder, with the caller's rights. */
  browse(caller: Caller, site: string, path: string): Promise<{ self: SiteFile; children: SiteFile[] }>
  clock: Clock
  log: Logger
}

const KIND = 'search'
/** Of one search what it found, since all would be too much to read at once. */
const hitsKind = (id: number) => `search ${id}`
const DAY_MS = 86_400_000
const LONGEST_MS = 60_000
const MOST_FOLDERS = 100_000
const MOST_AT_A_TIME = 4

interface Kept {
  user: string
  request: SearchRequest
  count: number
}

interface Running {
  hits: SearchHit[]
  done: Promise<void>
}

export function createSearches(parts: SearchParts): Searches & { letGo(): Promise<void>; end(): Promise<void> } {
  const { store, clock, log } = parts
  const running = new Map<number, Running>()
  let isStopped = false
  const keptOf = async (caller: Caller, id: number) => {
    permit(caller, 'view', caller.user)
    const found = (await store.documents(KIND)).find((document) => document.id === id)
    const kept = found?.value as Kept | undefined
    const isOver = found && found.createdAt < clock.now() - (await lifetimeMs(parts))
    if (!found || !kept || isOver || (kept.user !== caller.user && caller.level !== 'admin'))
      throw new DomainError('not_found', `There is no search ${id}.`)
    return { kept, createdAt: found.createdAt }
  }
  const hitsOf = async (id: number) =>
    running.get(id)?.hits ?? ((await store.documents(hitsKind(id)))[0]?.value as SearchHit[] | undefined) ?? []
  return {
    async start(caller, request) {
      permit(caller, 'view', caller.user)
      const matches = matcherOf(request.filters)
      const choose = choiceOf(request.metadataFields)
      const sites = sitesOf(parts, request)
      if (running.size >= MOST_AT_A_TIME)
        throw new DomainError('limited', `${MOST_AT_A_TIME} searches go on already; try again in a minute.`)
      const kept: Kept = { user: caller.user, request, count: 0 }
      const id = await store.insertDocument(KIND, caller.user, kept, clock.now())
      const hits: SearchHit[] = []
      const keep = async () => {
        await store.insertDocument(hitsKind(id), caller.user, hits, clock.now())
        await store.replaceDocument(KIND, id, { ...kept, count: hits.length })
      }
      const done = look(parts, { caller, request, hits, sites, matches, choose, isOver: () => isStopped })
        .then(keep)
        .catch((error: unknown) => log.warn({ search: id, reason: messageOf(error) }, 'a search ended early'))
        .finally(() => running.delete(id))
      running.set(id, { hits, done })
      return id
    },
    async get(caller, id) {
      const { kept, createdAt } = await keptOf(caller, id)
      const going = running.get(id)
      return { id, request: kept.request, createdAt, isComplete: !going, count: going?.hits.length ?? kept.count }
    },
    async hits(caller, id, { offset, limit }) {
      await keptOf(caller, id)
      return (await hitsOf(id)).slice(offset, offset + limit)
    },
    letGo: () => letGo(parts),
    async end() {
      isStopped = true
      await Promise.all([...running.values()].map(({ done }) => done))
    },
  }
}

function sitesOf({ sites }: SearchParts, { path, sites: asked }: SearchRequest): string[] {
  const unknown = asked?.find((name) => !sites.some((site) => site.name === name))
  if (unknown !== undefined)
    throw new DomainError('invalid', `Object with name=${unknown} does not exist.`, { field: 'sites' })
  const wanted = sites.filter(({ name }) => asked === undefined || asked.includes(name))
  const refusals: unknown[] = []
  const having = wanted.filter((site) => {
    try {
      return checkedPath(site, path, 'path')
    } catch (error) {
      refusals.push(error)
      return false
    }
  })
  if (having.length === 0 && refusals.length > 0) throw refusals[0]
  return having.map(({ name }) => name)
}

async function lifetimeMs({ configurations }: SearchParts): Promise<number> {
  return (await configurations.number('search_result_ttl')) * DAY_MS
}

/** What is older than its time. */
async function letGo(parts: SearchParts): Promise<void> {
  const { store, clock } = parts
  const before = clock.now() - (await lifetimeMs(parts))
  for (const { id } of (await store.documents(KIND)).filter(({ createdAt }) => createdAt < before)) {
    for (const hits of await store.documents(hitsKind(id))) await store.removeDocument(hitsKind(id), hits.id)
    await store.removeDocument(KIND, id)
  }
}

interface Looking {
  caller: Caller
  request: SearchRequest
  /** Where they go. */
  hits: SearchHit[]
  sites: readonly string[]
  matches: Matches
  choose(metadata: Metadata): Metadata
  isOver(): boolean
}

async function look(parts: SearchParts, looking: Looking): Promise<void> {
  const { caller, request, sites, matches, isOver } = looking
  const most = await parts.configurations.number('search_max_results')
  const until = parts.clock.monotonicMs() + LONGEST_MS
  const isLate = () => isOver() || parts.clock.monotonicMs() > until
  const byPath = new Map<string, SearchHit>()
  for (const site of sites) {
    let left = most
    for await (const file of filesBelow(parts, { caller, site, request, isLate })) {
      const metadata = metadataOf(file)
      if (matches(metadata)) left -= take(looking, byPath, { site, file, metadata })
      if (left === 0) break
    }
  }
}

interface Walk {
  caller: Caller
  site: string
  request: SearchRequest
  isLate(): boolean
}

/** Folder by folder, the upper ones first. */
async function* filesBelow(parts: SearchParts, { caller, site, request, isLate }: Walk): AsyncGenerator<SiteFile> {
  const folders = [request.path]
  for (let looked = 0; looked < folders.length && !isLate(); looked += 1) {
    const children = await childrenOf(parts, caller, site, folders[looked]!)
    yield* children
    const below = request.recursive ? children.filter(({ type }) => type === 'directory') : []
    for (const { path } of below) if (folders.length < MOST_FOLDERS) folders.push(path)
  }
}

/** A folder that cannot be read, or is not there, holds nothing for who asks. */
async function childrenOf({ browse }: SearchParts, caller: Caller, site: string, path: string): Promise<SiteFile[]> {
  try {
    return (await browse(caller, site, path)).children
  } catch {
    return []
  }
}

interface Match {
  site: string
  file: SiteFile
  metadata: Metadata
}

/** How many it adds: where sites are merged, none for a file that another site has too. */
function take(
  { request, hits, choose }: Looking,
  byPath: Map<string, SearchHit>,
  { site, file: { path, name }, metadata }: Match,
): number {
  const twin = request.merge ? byPath.get(path) : undefined
  if (twin) {
    twin.site = `${twin.site},${site}`
    return 0
  }
  const hit = { site, path, name, metadata: choose(metadata) }
  byPath.set(path, hit)
  hits.push(hit)
  return 1
}
