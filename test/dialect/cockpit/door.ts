/** The dialect over real records, nodes, accounts and a real store, called without a network. */

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { type Auth, createAuth } from '../../../src/auth/auth.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import { type Logger, silentLog } from '../../../src/base/log.ts'
import { createLogRing } from '../../../src/base/log-ring.ts'
import type { CockpitParts } from '../../../src/dialect/cockpit/parts.ts'
import { cockpitPlugin } from '../../../src/dialect/cockpit/plugin.ts'
import { exports } from '../../../src/engine/record/export/exports.ts'
import { createRecordKeeping } from '../../../src/engine/record/record-keeping.ts'
import { createApp } from '../../../src/http/app.ts'
import type { Archive } from '../../../src/metric/archive/archive.ts'
import { createArchive } from '../../../src/metric/archive/object-archive.ts'
import { createClusters } from '../../../src/metric/cluster/clusters.ts'
import { createMemoryStore } from '../../../src/metric/memory/memory-store.ts'
import type { MetricStore } from '../../../src/metric/metric-store.ts'
import { createDiskStorage } from '../../../src/object-storage/disk.ts'
import { openSqliteStore } from '../../../src/store/sqlite/open.ts'
import type { Store } from '../../../src/store/store.ts'
import { HandClock } from '../../support/clock.ts'
import { testFolder } from '../../support/folder.ts'
import { forge } from '../../support/forge.ts'
import { CLIENT } from '../../support/open-id-server.ts'
import { CLUSTER } from './cluster.ts'

/** When the conversations begin: Sat Nov 21 2026, 09:00:00 UTC. */
export const NOW_S = Date.UTC(2026, 10, 21, 9) / 1000

export interface Door {
  app: FastifyInstance
  parts: CockpitParts
  store: Store
  auth: Auth
  clock: HandClock
  archive: Archive
  key: TokenKey
  call(method: Method, path: string, options?: Call): Promise<LightMyRequestResponse>
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface Call {
  /** `user/role+role`, by a token of another program; null for nobody. */
  as?: string | null
  /** Text as it is, anything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
  /** Instead of a token. */
  session?: string
}

export interface DoorOptions {
  cockpit?: Partial<Parameters<typeof createAuth>[1]['cockpit']>
  changes?: Partial<CockpitParts>
  log?: Logger
  prefix?: string
  /** The URL of an OpenID provider that knows the client of the tests. */
  openId?: string
}

const AUTH = {
  providers: ['local'] as const,
  tokenLifetimeMs: 3_600_000,
  attempts: { perUser: 3, perAddress: 100, windowMs: 600_000 },
  levelRules: [],
  ldap: {} as never,
  oidc: { provider: null, addUsers: false },
}

const COCKPIT = { allow: ['*'], trustedProxies: [], jwtMaxAgeMs: 0, validateUser: false, sessionMaxAgeMs: 604_800_000 }

const PLAN = {
  retentionTarget: () => undefined,
  home: () => undefined,
  plan: {
    // Read only once the rounds begin, which they do not here.
    rules: '/nonexistent',
    shortestRunMs: 0,
    stopExceedingMs: 0,
    retention: { policy: 'none' as const, ageMs: 0, keepTagged: 'none' as const, records: false, nodeStatesAgeMs: 0 },
  },
}

async function openMetrics(clock: HandClock, log: Logger): Promise<MetricStore> {
  const options = { directory: testFolder(), retentionMs: 86_400_000, checkpointIntervalMs: 10_000, memoryMb: 64 }
  const metrics = createMemoryStore({ ...options, clock, log })
  await metrics.start()
  const measured = CLUSTER.metrics.map(({ name, timestepSeconds, aggregation }) => ({
    name,
    aggregation,
    timestepMs: timestepSeconds * 1000,
  }))
  await metrics.configure([{ cluster: CLUSTER.name, metrics: measured }])
  return metrics
}

export async function openDoor({
  cockpit,
  changes,
  log = silentLog,
  prefix = '',
  openId,
}: DoorOptions = {}): Promise<Door> {
  const dataDir = testFolder()
  const store = await openSqliteStore({ dataDir })
  const clock = new HandClock()
  const key = await loadTokenKey(store.settings, {})
  const own = { name: 'yard', uid: 1000 }
  const auth = await createAuth(
    { ...store, own, env: { OID_CLIENT_ID: CLIENT.id, OID_CLIENT_SECRET: CLIENT.secret }, clock, log },
    { auth: { ...AUTH, oidc: { provider: openId ?? null, addUsers: true } }, cockpit: { ...COCKPIT, ...cockpit } },
  )
  const clusters = createClusters([CLUSTER])
  const metrics = await openMetrics(clock, log)
  const archive = createArchive(createDiskStorage({ root: testFolder() }))
  const keeping = createRecordKeeping({
    ...PLAN,
    store,
    clusters: () => clusters,
    metrics,
    archive: () => archive,
    clock,
    log,
  })
  const parts: CockpitParts = {
    ...keeping,
    clusters: () => clusters,
    metrics,
    exports,
    auth,
    preferences: store.users,
    notice: {
      get: async () => (await store.settings.get('cockpit.notice')) ?? '',
      set: (text) => store.settings.put('cockpit.notice', text),
    },
    logs: createLogRing({ write: () => undefined }),
    machineStateDir: testFolder(),
    project: { name: 'vnc', version: '0.1.0' },
    urls: () => [`http://queue.example:8080${prefix}`],
    clock,
    log,
    ...changes,
  }
  const app = createApp({ log })
  await app.register(cockpitPlugin, { ...parts, prefix })
  await app.ready()
  onTestFinished(async () => {
    await app.close()
    await keeping.stop()
    await metrics.stop()
    await store.close()
  })
  const call: Door['call'] = (method, path, options = {}) => app.inject(requestOf(key, method, path, options))
  return { app, parts, store, auth, clock, archive, key, call }
}

function requestOf(key: TokenKey, method: Method, url: string, call: Call): InjectOptions {
  const { as = 'adapter/api', body, headers, session } = call
  const token = as === null || session ? {} : { 'x-auth-token': tokenOf(key, as) }
  const cookie = session ? { cookie: `session=${session}` } : {}
  const request: InjectOptions = { method, url, headers: { ...token, ...cookie, ...headers } }
  if (body !== undefined)
    request.payload = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  return request
}

/** As cc-backend's `-jwt` makes one. */
export function tokenOf(key: TokenKey, as: string): string {
  const [sub = '', roles = ''] = as.split('/')
  return forge(key, { alg: 'EdDSA', typ: 'JWT' }, { sub, roles: roles.split('+'), iat: NOW_S })
}

export function aStart(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    jobId: 123,
    cluster: 'testcluster',
    user: 'alice',
    project: 'physics',
    numNodes: 1,
    resources: [{ hostname: 'host100' }],
    startTime: NOW_S - 600,
    ...changes,
  }
}

/** Starts a run; answers its own number. */
export async function startedJob({ call }: Pick<Door, 'call'>, changes: Record<string, unknown> = {}): Promise<number> {
  const body = aStart(changes)
  const { statusCode, body: text } = await call('POST', '/api/jobs/start_job/', { body })
  if (statusCode !== 201) throw new Error(text)
  const listed = (await call('GET', `/api/jobs/?jobId=${body.jobId}`)).json()
  return listed.jobs[0].id
}

export const PASSWORD = 'correct horse battery'

/** Signs in with the password of an account that is made for it; answers the cookie's value. */
export async function sessionOf({ app, auth }: Door, name: string, roles: readonly string[]): Promise<string> {
  const projects = roles.includes('manager') ? ['physics'] : []
  await auth.accounts.add(name, PASSWORD, roles, { projects })
  const { cookies } = await app.inject({
    method: 'POST',
    url: '/login',
    payload: new URLSearchParams({ username: name, password: PASSWORD }).toString(),
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  })
  return cookies.find((cookie) => cookie.name === 'session')!.value
}
