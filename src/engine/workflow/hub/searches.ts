/**
 * Searches: each looks through the trees of its sites by itself, within bounds, with the rights of who asked, and what it
 * found is kept for a while. What the server had not finished when it ended is over with what had been found.
 */

import { type Caller, permit } from '../../../auth/caller.ts'
import type { Clock, Instant } from '../../../base/clock.ts'
import { DomainError, messageOf } from '../../../base/errors.ts'
import type { Logger } from '../../../base/log.ts'
import { globOf } from '../../../workflow/glob.ts'
import type { SiteFile } from '../workflows.ts'
import type { Configurations } from './configurations.ts'
import { type Matches, type Metadata, matcherOf } from './search-filter.ts'
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
  metadata: Readonly<Record<string, unknown>>
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
const DAY_MS = 86_400_000
const LONGEST_MS = 60_000
const MOST_FOLDERS = 100_000
const MOST_AT_A_TIME = 4

interface Kept {
  user: string
  request: SearchRequest
  hits: SearchHit[]
}

export function createSearches(parts: SearchParts): Searches & { end(): Promise<void> } {
  const { store, clock, log } = parts
  const running = new Map<number, { kept: Kept; done: Promise<void> }>()
  let isStopped = false
  const keptOf = async (caller: Caller, id: number) => {
    permit(caller, 'view', caller.user)
    const found = (await store.documents(KIND)).find((document) => document.id === id)
    const kept = running.get(id)?.kept ?? (found?.value as Kept | undefined)
    if (!found || !kept || (kept.user !== caller.user && caller.level !== 'admin'))
      throw new DomainError('not_found', `There is no search ${id}.`)
    return { kept, createdAt: found.createdAt }
  }
  return {
    async start(caller, request) {
      permit(caller, 'view', caller.user)
      const matches = matcherOf(request.filters)
      const sites = sitesOf(parts, request)
      if (running.size >= MOST_AT_A_TIME)
        throw new DomainError('limited', `${MOST_AT_A_TIME} searches go on already; try again in a minute.`)
      await clearOld(parts)
      const kept: Kept = { user: caller.user, request, hits: [] }
      const id = await store.insertDocument(KIND, caller.user, kept, clock.now())
      const done = look(parts, { caller, kept, sites, matches, isOver: () => isStopped })
        .then(() => store.replaceDocument(KIND, id, kept))
        .then(() => undefined)
        .catch((error: unknown) => log.warn({ search: id, reason: messageOf(error) }, 'a search ended early'))
        .finally(() => running.delete(id))
      running.set(id, { kept, done })
      return id
    },
    async get(caller, id) {
      const { kept, createdAt } = await keptOf(caller, id)
      return { id, request: kept.request, createdAt, isComplete: !running.has(id), count: kept.hits.length }
    },
    async hits(caller, id, { offset, limit }) {
      const { kept } = await keptOf(caller, id)
      return kept.hits.slice(offset, offset + limit)
    },
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
  if (!path.startsWith('/')) throw new DomainError('invalid', `"${path}" is no absolute path.`, { field: 'path' })
  return sites.filter(({ name }) => asked === undefined || asked.includes(name)).map(({ name }) => name)
}

async function clearOld({ store, configurations, clock }: SearchParts): Promise<void> {
  const before = clock.now() - (await configurations.number('search_result_ttl')) * DAY_MS
  const old = (await store.documents(KIND)).filter(({ createdAt }) => createdAt < before)
  await Promise.all(old.map(({ id }) => store.removeDocument(KIND, id)))
}

interface Looking {
  caller: Caller
  kept: Kept
  sites: readonly string[]
  matches: Matches
  isOver(): boolean
}

async function look(parts: SearchParts, { caller, kept, sites, matches, isOver }: Looking): Promise<void> {
  const most = await parts.configurations.number('search_max_results')
  const until = parts.clock.monotonicMs() + LONGEST_MS
  const isLate = () => isOver() || parts.clock.monotonicMs() > until
  for (const site of sites) {
    let left = most
    for await (const file of filesBelow(parts, { caller, site, request: kept.request, isLate })) {
      if (matches(metadataOf(file))) left -= take(kept, site, file)
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

/** How many it adds: where sites are merged, none for a file that another site has too. */
function take({ request, hits }: Kept, site: string, file: SiteFile): number {
  const twin = request.merge ? hits.find(({ path }) => path === file.path) : undefined
  if (twin) {
    twin.site = `${twin.site},${site}`
    return 0
  }
  hits.push({ site, path: file.path, name: file.name, metadata: chosen(metadataOf(file), request.metadataFields) })
  return 1
}

function metadataOf(file: SiteFile): Metadata {
  const { name, path } = file
  return {
    'core.filename': name,
    'core.pathname': path,
    'core.directory': path.slice(0, -name.length - 1) || '/',
    'core.extension': /[^.](\.[^.]+)$/.exec(name)?.[1] ?? '',
    'core.type': file.type,
    'core.size': file.sizeBytes,
    'core.mtime': file.mtime / 1000,
    'core.ctime': file.ctime / 1000,
    'core.atime': file.atime / 1000,
    'core.mode': file.mode,
    'core.uid': file.uid,
    'core.gid': file.gid,
    'hsm.status': file.status,
  }
}

/** Those whose names are asked for, by wildcards too; all where none is. */
function chosen(metadata: Metadata, fields: readonly string[]): Metadata {
  if (fields.length === 0) return metadata
  const isAsked = (key: string) => fields.some((field) => field === key || globOf(field)(key))
  return Object.fromEntries(Object.entries(metadata).filter(([key]) => isAsked(key)))
}
