/** Which dialect is to be had at which door: each at its own port, and all of them at the first. */

import type { FastifyInstance } from 'fastify'
import type { Auth } from '../auth/auth.ts'
import { systemClock as clock } from '../base/clock.ts'
import type { Logger } from '../base/log.ts'
import type { LogRing } from '../base/log-ring.ts'
import type { Config, Setting } from '../config.ts'
import { acceleratorPlugin } from '../dialect/accelerator/plugin.ts'
import { cockpitPlugin } from '../dialect/cockpit/plugin.ts'
import { hubPlugin } from '../dialect/hub/plugin.ts'
import type { Engine } from '../engine/engine.ts'
import { exports } from '../engine/record/export/exports.ts'
import { type FrontPage, serveFrontPage } from '../http/front-page.ts'
import { type ServerMetrics, serveMetrics } from '../http/prometheus.ts'
import type { Store } from '../store/store.ts'
import type { DoorPlan } from './doors.ts'
import type { RecordRoom } from './record-room.ts'
import type { WorkflowRoom } from './workflow-room.ts'

export interface PlanParts {
  config: Config
  settings: readonly Setting[]
  version: string
  store: Store
  engine: Engine
  auth: Auth
  records: RecordRoom
  workflows: WorkflowRoom
  measures: ServerMetrics
  logs: LogRing
  log: Logger
}

/** `urls` answers the addresses of all doors that are open. */
export function planDoors(parts: PlanParts, urls: () => Readonly<Record<string, string>>): DoorPlan[] {
  const { config, settings, measures } = parts
  const standard = (name: string) => settings.find((setting) => setting.name === name)?.origin === 'default'
  const cockpit = (prefix: string, url: () => string) => cockpitParts(parts, () => [url() + prefix])
  const hub = (prefix: string, url: () => string) => hubParts(parts, () => [url() + prefix])
  return [
    {
      dialect: 'accelerator',
      listen: config.accelerator.listen,
      isStandard: false,
      async mount(app, url) {
        measures.observe(app, 'accelerator')
        await mountAccelerator(app, parts, url)
        await mountBelow(app, '/cockpit', (inner) => cockpitPlugin(inner, cockpit('/cockpit', url)))
        await mountBelow(app, '/hub', (inner) => hubPlugin(inner, hub('/hub', url)))
        serveMetrics(app, measures)
        await serveFrontPage(app, { ...frontPage(parts, urls), ...ofAccelerator(url) })
      },
    },
    {
      dialect: 'cockpit',
      listen: config.cockpit.listen,
      isStandard: standard('cockpit.listen'),
      async mount(app, url) {
        measures.observe(app, 'cockpit')
        await app.register((inner: FastifyInstance) => cockpitPlugin(inner, cockpit('', url)))
        serveMetrics(app, measures)
        await serveFrontPage(app, { ...frontPage(parts, urls), ...ofCockpit(url) })
      },
    },
    {
      dialect: 'hub',
      listen: config.hub.listen,
      isStandard: standard('hub.listen'),
      async mount(app, url) {
        measures.observe(app, 'hub')
        await app.register((inner: FastifyInstance) => hubPlugin(inner, hub('', url)))
        serveMetrics(app, measures)
        await serveFrontPage(app, { ...frontPage(parts, urls), ...ofHub(url) })
      },
    },
  ]
}

function mountBelow(app: FastifyInstance, prefix: string, mount: (inner: FastifyInstance) => Promise<void>) {
  return app.register(mount, { prefix })
}

async function mountAccelerator(app: FastifyInstance, parts: PlanParts, url: () => string): Promise<void> {
  const { engine, auth, config, version, log } = parts
  const other = () => url().replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https'))
  const project = { name: config.name, version }
  await app.register((inner: FastifyInstance) =>
    acceleratorPlugin(inner, { engine, ...auth, project, urls: () => [url(), other()], clock, log }),
  )
}

const NOTICE = 'notice'

function cockpitParts(parts: PlanParts, urls: () => readonly string[]) {
  const { auth, config, version, store, records, logs, log } = parts
  const { keeping, clusters, metrics } = records
  return {
    ...keeping,
    clusters,
    metrics,
    exports,
    auth,
    preferences: store.users,
    notice: {
      get: async () => (await store.settings.get(NOTICE)) ?? '',
      set: (text: string) => store.settings.put(NOTICE, text),
    },
    logs,
    machineStateDir: config.cockpit.machineStateDir,
    project: { name: config.name, version },
    urls,
    clock,
    log,
  }
}

function hubParts({ auth, config, version, workflows, log }: PlanParts, urls: () => readonly string[]) {
  return { ...workflows.keeping, auth, project: { name: config.name, version }, urls, log }
}

const TITLES: Readonly<Record<string, string>> = {
  accelerator: 'Accelerator REST API',
  cockpit: 'Cockpit REST API',
  hub: 'Hub REST API',
}

function frontPage(
  { config, version }: PlanParts,
  urls: () => Readonly<Record<string, string>>,
): Pick<FrontPage, 'name' | 'version' | 'doors'> {
  return {
    name: config.name,
    version,
    doors: () => Object.entries(urls()).map(([dialect, url]) => ({ door: TITLES[dialect] ?? dialect, url })),
  }
}

const METRICS = { title: 'Metrics', path: '/metrics', about: 'what the server counts, for a Prometheus' }
const RECORDS = 'every request of the Cockpit API, to read and to try'
const WORKFLOWS = 'every request of the Hub API, to read and to try'

function ofAccelerator(url: () => string): Pick<FrontPage, 'pages' | 'firstSteps'> {
  return {
    pages: [
      { title: 'Jobs', path: '/html/vovrest.html', about: 'every request of the Accelerator API, to read and to try' },
      { title: 'Records', path: '/cockpit/swagger/', about: RECORDS },
      { title: 'Workflows', path: '/hub/api/docs/', about: WORKFLOWS },
      METRICS,
    ],
    firstSteps: () => [`export NC_URL=${url()}`, 'nc run sleep 60', 'nc list'],
  }
}

function ofHub(url: () => string): Pick<FrontPage, 'pages' | 'firstSteps'> {
  return {
    pages: [{ title: 'Workflows', path: '/api/docs/', about: WORKFLOWS }, METRICS],
    firstSteps: () => [`export NGCLIENT_BASE_URL=${url()}`, 'ngclient authenticate -u "$USER"', 'ngclient jobs list'],
  }
}

function ofCockpit(url: () => string): Pick<FrontPage, 'pages' | 'firstSteps'> {
  return {
    pages: [
      { title: 'Records', path: '/swagger/', about: RECORDS },
      { title: 'Sign in', path: '/login', about: 'for the requests below /config and /frontend' },
      METRICS,
    ],
    firstSteps: () => [
      'yardmaster user add reader --role api --no-password',
      'TOKEN=$(yardmaster token reader)',
      `curl -H "X-Auth-Token: $TOKEN" ${url()}/api/jobs/`,
    ],
  }
}
