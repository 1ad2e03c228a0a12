/** The routes about sites, described. */

import { bodyLike, example } from '../../../http/operation.ts'
import { describe, PAGING, pageOf } from '../schema.ts'

const tag = 'sites'
const ID = { id: 'The number of the site.' }
const SITE_ONLY = { site: 'Only of this site; may be repeated.', ...PAGING }
const A_SITE = {
  url: 'http://localhost:8000/api/sites/1/',
  id: 1,
  name: 'dfoster1',
  label: 'dfoster1',
  roots: ['/mmfs1'],
  queues: ['default', 'highpriority'],
  bandwidth: null,
  health: 'http://localhost:8000/api/sites/1/health/',
}
const A_HEALTH = {
  site: 'dfoster1',
  health: 'ok',
  nodes: [{ name: 'pixstor-east-ng-test', health: 'ok', online: true }],
}

export const sitesSchema = describe({
  tag,
  id: 'listSites',
  summary: 'Site List',
  query: { name: 'Only of this name.', ...PAGING },
  answers: { 200: pageOf('As they are set up.', A_SITE) },
  refusals: [404],
})

export const siteSchema = describe({
  tag,
  id: 'getSite',
  summary: 'Site Instance',
  path: ID,
  answers: { 200: example('The site.', A_SITE) },
  refusals: [404],
})

export const patchSiteSchema = describe({
  tag,
  id: 'changeSite',
  summary: 'Limit the bandwidth of a site',
  about: 'Megabits a second over all its targets, both ways; null for no limit. Holds at once.',
  path: ID,
  body: bodyLike('The limit.', { bandwidth: 500 }),
  answers: { 200: example('The site.', { ...A_SITE, bandwidth: 500 }) },
  refusals: [403, 404],
})

export const siteHealthSchema = describe({
  tag,
  id: 'getSiteHealth',
  summary: 'Health of a site',
  path: ID,
  answers: { 200: example('ok, warning or critical.', A_HEALTH) },
  refusals: [404],
})

export const healthSchema = describe({
  tag,
  id: 'getHealth',
  summary: 'Health',
  about: '`ok`: all nodes work. `warning`: some nodes of a site are offline. `critical`: all of a site are.',
  answers: {
    200: example('How everything stands.', {
      overall_health: 'ok',
      hub_status: { health: 'ok' },
      site_status: [A_HEALTH],
    }),
  },
})

/** A list of what is set up, and one of it. */
function register(name: string, about: string, row: object, refusals: readonly number[] = []) {
  const list = { tag, id: `list${name}s`, summary: `${name} List`, about, query: SITE_ONLY }
  const one = { tag, id: `get${name}`, summary: `${name} Instance`, path: { id: 'Its number in the list.' } }
  return {
    list: describe({
      ...list,
      answers: { 200: pageOf('In the order of the settings.', row) },
      refusals: [...refusals, 404],
    }),
    one: describe({ ...one, answers: { 200: example('It.', row) }, refusals: [...refusals, 404] }),
  }
}

export const NODE_SCHEMAS = register('Node', 'Who works for the sites.', {
  url: 'http://localhost:8000/api/nodes/1/',
  id: 1,
  name: 'pixstor-east-ng-test',
  health: 'ok',
  online: true,
  site: 'dfoster1',
})

export const QUEUE_SCHEMAS = register('Queue', 'The queues of the sites.', {
  url: 'http://localhost:8000/api/queues/1/',
  id: 1,
  site: 'dfoster1',
  name: 'default',
  threads: 10,
  functions: ['worker', 'discovery', 'custom', 'interactive', 'settings'],
})

export const DATASTORE_SCHEMAS = register(
  'Datastore',
  'Where the data of each site goes. For administrators. Credentials are never shown.',
  {
    url: 'http://localhost:8000/api/datastores/1/',
    id: 1,
    name: 'site1_amazon',
    type: 'S3',
    site: 'dfoster1',
    bucket: 'bucket01',
    prefix: '',
    endpoint: null,
    region: 'eu-west-2',
    below: '',
  },
  [403],
)
