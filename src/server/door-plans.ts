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

interface Dialect {
  name: 'accelerator' | 'cockpit' | 'hub'
  mount(app: FastifyInstance, url: () => string): Promise<void>
  /** What its front page offers, at a door with this address. */
  front(url: () => string): Pick<FrontPage, 'pages' | 'firstSteps'>
}

/** `urls` answers the addresses of all doors that are open. */
export function planDoors(parts: PlanParts, urls: () => Readonly<Record<string, string>>): DoorPlan[] {
  return dialectsOf(parts).map(({ name, mount, front }) => ({
    dialect: name,
    listen: parts.config[name].listen,
    isStandard: name !== 'accelerator' && isStandard(parts, `${name}.listen`),
    async mount(app, url) {
      parts.measures.observe(app, name)
      await mount(app, url)
      serveMetrics(app, parts.measures)
      await serveFrontPage(app, { ...frontPage(parts, urls), ...front(url) })
    },
  }))
}

function isStandard({ settings }: PlanParts, name: string): boolean {
  return settings.find((setting) => setting.name === name)?.origin === 'default'
}

function dialectsOf(parts: PlanParts): Dialect[] {
  const cockpit = (app: FastifyInstance, url: () => string, prefix = '') => {
    const ours = cockpitParts(parts, () => [url() + prefix])
    return mountBelow(app, prefix, (inner) => cockpitPlugin(inner, ours))
  }
  const hub = (app: FastifyInstance, url: () => string, prefix = '') => {
    const ours = hubParts(parts, () => [url() + prefix])
    return mountBelow(app, prefix, (inner) => hubPlugin(inner, ours))
  }
  return [
    {
      name: 'accelerator',
      async mount(app, url) {
        await mountAccelerator(app, parts, url)
        await cockpit(app, url, '/cockpit')
        await hub(app, url, '/hub')
      },
      front: ofAccelerator,
    },
    { name: 'cockpit', mount: cockpit, front: ofCockpit },
    { name: 'hub', mount: hub, front: ofHub },
  ]
}

async function mountBelow(app: FastifyInstance, prefix: string, mount: (inner: FastifyInstance) => Promise<void>) {
  await app.register(mount, { prefix })
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
