/** Sites, their nodes, queues and targets, and how all of it stands (spec/hub.md 2.6). */

import type { FastifySchema } from 'fastify'
import type { Site } from '../../../workflow/site.ts'
import { type Field, nullable, optional, Wrong } from '../body/field.ts'
import { readSome } from '../body/fields.ts'
import type { Opening } from '../guard.ts'
import { type LinkTo, linksOf } from '../manners/address.ts'
import { send } from '../manners/answer.ts'
import { inMemoryPages } from '../manners/paging.ts'
import { notFound } from '../manners/refused.ts'
import { readId } from '../number.ts'
import type { HubParts } from '../parts.ts'
import { wordsOf } from '../query.ts'
import type { Asked, Route } from '../route.ts'
import {
  DATASTORE_SCHEMAS,
  healthSchema,
  NODE_SCHEMAS,
  patchSiteSchema,
  QUEUE_SCHEMAS,
  siteHealthSchema,
  siteSchema,
  sitesSchema,
} from './schema.ts'
import { bytesOf, datastoresOf, nodesOf, queuesOf, showHealth, showSite } from './show.ts'

const model = 'Site'
const MOST_MEGABITS = 1_000_000

const megabits: Field<number> = {
  type: 'float',
  read(value) {
    const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
    if (typeof number !== 'number' || !Number.isFinite(number)) throw new Wrong('A valid number is required.')
    if (number < 0) throw new Wrong('Ensure this value is greater than or equal to 0.')
    if (number > MOST_MEGABITS) throw new Wrong(`Ensure this value is less than or equal to ${MOST_MEGABITS}.`)
    return number
  },
}
const CHANGES = { bandwidth: optional(nullable(megabits)) }

type SiteParts = Pick<HubParts, 'workflows' | 'health' | 'bandwidths'>

export function siteRoutes({ workflows, health, bandwidths }: SiteParts): Route[] {
  const show = (site: Site, links: LinkTo) => showSite(site, bandwidths.of(site.name), links)
  const siteOf = ({ params }: Asked) => {
    const id = readId(params.id, model)
    const site = workflows.sites().find((each) => each.id === id)
    if (!site) throw notFound(model)
    return site
  }
  return [
    {
      method: 'GET',
      path: '/sites/',
      schema: sitesSchema,
      async handle(request, reply) {
        const names = wordsOf(request.query, 'name')
        const sites = workflows.sites().filter(({ name }) => names.length === 0 || names.includes(name))
        const links = linksOf(request)
        return send(reply, await inMemoryPages(request, sites, (site) => show(site, links)))
      },
    },
    {
      method: 'GET',
      path: '/sites/:id/',
      schema: siteSchema,
      model,
      handle: async (request, reply) => send(reply, show(siteOf(request), linksOf(request))),
    },
    {
      method: 'PATCH',
      path: '/sites/:id/',
      schema: patchSiteSchema,
      fields: CHANGES,
      model,
      async handle(request, reply) {
        const site = siteOf(request)
        const { bandwidth } = readSome(request, CHANGES)
        if (bandwidth !== undefined) await bandwidths.limit(request.caller, site.name, bytesOf(bandwidth))
        return send(reply, show(site, linksOf(request)))
      },
    },
    {
      method: 'GET',
      path: '/sites/:id/health/',
      schema: siteHealthSchema,
      model,
      async handle(request, reply) {
        const { name } = siteOf(request)
        const standing = (await health.sites()).find(({ site }) => site === name)
        if (!standing) throw notFound(model)
        return send(reply, standing)
      },
    },
    ...healthRoutes({ health }),
    ...registerRoutes({ workflows, health }),
  ]
}

/** The original's clients ask without a slash (spec/hub.md 2.2). */
function healthRoutes({ health }: Pick<SiteParts, 'health'>): Route[] {
  const handle: Route['handle'] = async (_request, reply) => send(reply, showHealth(await health.sites()))
  return [
    { method: 'GET', path: '/health', schema: { ...healthSchema, hide: true }, handle },
    { method: 'GET', path: '/health/', schema: healthSchema, handle },
  ]
}

interface Register {
  path: string
  model: string
  schemas: Readonly<Record<'list' | 'one', FastifySchema>>
  opensFor?: Opening
  rows(): Promise<readonly { site: string }[]>
}

/** What is set up in the settings, shown; numbered in their order. */
function registerRoutes({ workflows, health }: Pick<SiteParts, 'workflows' | 'health'>): Route[] {
  const sites = () => workflows.sites()
  return [
    { path: '/nodes/', model: 'Node', schemas: NODE_SCHEMAS, rows: async () => nodesOf(await health.sites()) },
    { path: '/queues/', model: 'Queue', schemas: QUEUE_SCHEMAS, rows: async () => queuesOf(sites()) },
    {
      path: '/datastores/',
      model: 'Datastore',
      schemas: DATASTORE_SCHEMAS,
      opensFor: 'administrator' as const,
      rows: async () => datastoresOf(sites()),
    },
  ].flatMap(rowsOf)
}

function rowsOf({ path, model, schemas, opensFor, rows }: Register): Route[] {
  const shown = async (request: Asked) => {
    const links = linksOf(request)
    return (await rows()).map((row, index) => ({ url: links(`${path}${index + 1}/`), id: index + 1, ...row }))
  }
  const opening = opensFor ? { opensFor } : {}
  return [
    {
      method: 'GET',
      path,
      schema: schemas.list,
      ...opening,
      async handle(request, reply) {
        const sites = wordsOf(request.query, 'site')
        const wanted = (await shown(request)).filter(({ site }) => sites.length === 0 || sites.includes(site))
        return send(reply, await inMemoryPages(request, wanted, (row) => row))
      },
    },
    {
      method: 'GET',
      path: `${path}:id/`,
      schema: schemas.one,
      model,
      ...opening,
      async handle(request, reply) {
        const id = readId(request.params.id, model)
        const found = (await shown(request)).find((row) => row.id === id)
        if (!found) throw notFound(model)
        return send(reply, found)
      },
    },
  ]
}
