/** What stands in a folder of a site, with the residence of each file (spec/hub.md 2.6). */

import type { SiteFile, Workflows } from '../../../engine/workflow/workflows.ts'
import { linksOf } from '../manners/address.ts'
import { send } from '../manners/answer.ts'
import { envelope, type Page, pageOf } from '../manners/paging.ts'
import { notAChoice, Refused } from '../manners/refused.ts'
import { showTime } from '../manners/time.ts'
import { firstOf, flagOf, type Query } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import { filesSchema } from './schema.ts'

const SIZES = { standard: 20, most: 100 }
const LEAST_SIZE = 20

export function fileRoutes(workflows: Workflows): Route[] {
  return [
    {
      method: 'GET',
      path: '/file/',
      schema: filesSchema,
      handle: async (request, reply) => send(reply, await browse(workflows, request)),
    },
  ]
}

async function browse(workflows: Workflows, request: Asked): Promise<object> {
  const { caller, query } = request
  const { path, site } = placeIn(query)
  const wanted = filterIn(query)
  const details = flagOf(query, 'details') ?? false
  const found = await workflows.browse(caller, site, path)
  const children = found.children.filter(wanted)
  const page = pageIn(query, children.length)
  const shown = children.slice(page.offset, page.offset + page.size)
  const { count, next, previous } = envelope(request, { count: children.length, page }, [])
  return {
    url: `${linksOf(request)('/file/')}?${addressOf(query, { path, site })}`,
    site,
    path: found.self.path,
    ...showFile(found.self),
    count,
    next,
    previous,
    children: shown.map((each) => ({ name: each.name, path: each.path, ...(details ? showFile(each) : brief(each)) })),
  }
}

/** @throws Refused for what is missing */
function placeIn(query: Query): { path: string; site: string } {
  const [path, site] = [firstOf(query, 'path'), firstOf(query, 'site')]
  if (path !== undefined && site !== undefined) return { path: path.startsWith('/') ? path : `/${path}`, site }
  const missing = Object.entries({ path, site }).filter(([, value]) => value === undefined)
  throw new Refused(400, Object.fromEntries(missing.map(([name]) => [name, ['This field is required.']])))
}

function filterIn(query: Query): (file: SiteFile) => boolean {
  const type = firstOf(query, 'type')
  if (type !== undefined && type !== 'file' && type !== 'directory') throw notAChoice('type', type.slice(0, 100))
  const showsHidden = flagOf(query, 'restricted') ?? false
  return (file) => (type === undefined || file.type === type) && (showsHidden || !file.name.startsWith('.'))
}

/** From 20 to 100 rows; 0 is all of them. */
function pageIn(query: Query, count: number): Page {
  const text = firstOf(query, 'page_size') ?? ''
  const size = /^\d{1,9}$/.test(text) ? Number(text) : SIZES.standard
  if (size === 0) return { number: 1, size: count, offset: 0, isLast: true }
  return pageOf(size < LEAST_SIZE ? { ...query, page_size: String(SIZES.standard) } : query, count, SIZES)
}

function addressOf(query: Query, { path, site }: { path: string; site: string }): string {
  const [details, restricted] = ['details', 'restricted'].map((name) => String(flagOf(query, name) ?? false))
  const parameters = {
    path: path.toWellFormed(),
    site: site.toWellFormed(),
    details: details!,
    restricted: restricted!,
  }
  return new URLSearchParams(parameters).toString()
}

function brief({ type, sizeBytes, status }: SiteFile) {
  return { type, size: sizeBytes, status }
}

function showFile(file: SiteFile) {
  return {
    ...brief(file),
    resident_size: file.residentBytes,
    ctime: showTime(file.ctime),
    mtime: showTime(file.mtime),
    atime: showTime(file.atime),
    mode: `0${(file.mode & 0o7777).toString(8).padStart(3, '0')}`,
    uid: file.uid,
    gid: file.gid,
  }
}
