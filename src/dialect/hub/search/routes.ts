/** Searches: begun with one request, read page by page with others (spec/hub.md 2.6). */

import type { Search, Searches, SearchHit, SearchRequest } from '../../../engine/workflow/hub/searches.ts'
import { anything, dictionary, flag, list, optional, text } from '../body/field.ts'
import { type Read, readFields } from '../body/fields.ts'
import { linksOf } from '../manners/address.ts'
import { send, sendCreated } from '../manners/answer.ts'
import { inPages } from '../manners/paging.ts'
import { showTime } from '../manners/time.ts'
import { readId } from '../number.ts'
import type { Route } from '../route.ts'
import { searchSchema, startSearchSchema } from './schema.ts'

const model = 'Search'
const names = list(text({ maxLength: 100 }), { mayBeEmpty: true })
const SEARCH = {
  path: text({ maxLength: 4096, isExact: true }),
  sites: optional(names),
  recursive: optional(flag),
  filters: optional(dictionary(anything)),
  metadata_fields: optional(names),
  merge: optional(flag),
}

export function searchRoutes(searches: Searches): Route[] {
  return [
    {
      method: 'POST',
      path: '/search/',
      schema: startSearchSchema,
      fields: SEARCH,
      async handle(request, reply) {
        const id = await searches.start(request.caller, readSearch(readFields(request, SEARCH)))
        return sendCreated(reply, { id, url: linksOf(request)(`/search/${id}/`) })
      },
    },
    {
      method: 'GET',
      path: '/search/:id/',
      schema: searchSchema,
      model,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const search = await searches.get(request.caller, id)
        const page = await inPages(request, search.count, async ({ offset, size: limit }) => {
          const hits = await searches.hits(request.caller, id, { offset, limit })
          return hits.map(showHit)
        })
        return send(reply, { ...showSearch(search, linksOf(request)(`/search/${id}/`)), ...page })
      },
    },
  ]
}

function readSearch(given: Read<typeof SEARCH>): SearchRequest {
  const {
    path,
    sites = [],
    recursive = false,
    filters = {},
    metadata_fields: metadataFields = [],
    merge = false,
  } = given
  return { path, sites: sites.length === 0 ? undefined : sites, recursive, filters, metadataFields, merge }
}

function showSearch({ id, request, createdAt, isComplete }: Search, url: string) {
  const { path, sites, recursive, filters, metadataFields, merge } = request
  const parameters = { path, sites: sites ?? [], recursive, filters, metadata_fields: metadataFields, merge }
  return { id, url, created: showTime(createdAt), complete: isComplete, parameters }
}

function showHit({ site, path, name, metadata }: SearchHit) {
  return { site, path, name, metadata }
}
