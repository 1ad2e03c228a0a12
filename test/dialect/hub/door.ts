/** The dialect over real accounts, tokens and keys, and workflows that move by hand; called without a network. */

import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify'
import { onTestFinished } from 'vitest'
import { type Auth, createAuth } from '../../../src/auth/auth.ts'
import { loadTokenKey, type TokenKey } from '../../../src/auth/token-key.ts'
import { type Logger, silentLog } from '../../../src/base/log.ts'
import type { HubParts } from '../../../src/dialect/hub/parts.ts'
import { hubPlugin } from '../../../src/dialect/hub/plugin.ts'
import { createApp } from '../../../src/http/app.ts'
import { openSqliteStore } from '../../../src/store/sqlite/open.ts'
import { HandClock } from '../../support/clock.ts'
import { testFolder } from '../../support/folder.ts'
import { type HandHub, handHub } from '../../support/hand-hub.ts'
import { aSite, HandWorkflows } from '../../support/hand-workflows.ts'
import type { WorkflowHouse } from '../../support/workflow-house.ts'

export const PASSWORD = 'correct horse battery'

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS'

export interface Call {
  /** Whose access token is sent; null for nobody. The administrator's where nothing is said. */
  as?: string | null
  /** Text as it is, anything else as JSON. */
  body?: unknown
  headers?: Record<string, string>
}

export interface Door {
  app: FastifyInstance
  parts: HubParts
  auth: Auth
  clock: HandClock
  key: TokenKey
  workflows: HandWorkflows
  hub: HandHub
  call(method: Method, path: string, options?: Call): Promise<LightMyRequestResponse>
  /** An access token of the account, made where there is none: alice and bob use, root administers, rita reads, sam supports. */
  tokenOf(name: string): Promise<string>
  /** A client key of the account. */
  keyOf(name: string): Promise<{ id: number; text: string }>
}

const HOUR_MS = 3_600_000
const ROLES: Readonly<Record<string, string>> = { root: 'admin', rita: 'readonly', sam: 'support' }

const SETTINGS = {
  auth: {
    providers: ['local'] as const,
    tokenLifetimeMs: 3_600_000,
    attempts: { perUser: 3, perAddress: 100, windowMs: 600_000 },
    levelRules: [],
    ldap: {} as never,
    oidc: { provider: null, addUsers: false },
  },
  cockpit: { allow: ['*'], trustedProxies: [], jwtMaxAgeMs: 0, validateUser: false, sessionMaxAgeMs: 604_800_000 },
}

export interface DoorOptions {
  prefix?: string
  log?: Logger
  /** Workflows over a real engine and store, instead of those that move by hand. */
  house?: WorkflowHouse
  trustedProxies?: string[]
}

export async function openDoor({
  prefix = '',
  log = silentLog,
  house,
  trustedProxies = [],
}: DoorOptions = {}): Promise<Door> {
  const store = house?.store ?? (await openSqliteStore({ dataDir: testFolder() }))
  const clock = house?.clock ?? new HandClock()
  const key = await loadTokenKey(store.settings, {})
  const own = { name: 'yard', uid: 1000 }
  const auth = await createAuth(
    { ...store, own, env: {}, clock, log },
    { ...SETTINGS, cockpit: { ...SETTINGS.cockpit, trustedProxies } },
  )
  const workflows = new HandWorkflows(clock, [aSite(1, 'dfoster1'), aSite(2, 'dfoster2')])
  const hub = handHub()
  const parts: HubParts = {
    ...(house?.keeping ?? { ...hub, workflows }),
    auth,
    project: { name: 'vnc', version: '0.1.0' },
    urls: () => [`http://queue.example:8000${prefix}`],
    log,
  }
  const app = createApp({ log })
  await app.register(hubPlugin, { ...parts, prefix })
  await app.ready()
  onTestFinished(async () => {
    await app.close()
    if (!house) await store.close()
  })
  const tokenOf = accounts(auth, clock)
  const call: Door['call'] = async (method, path, { as = 'root', body, headers } = {}) => {
    const bearer = as === null ? {} : { authorization: `Bearer ${await tokenOf(as)}` }
    return app.inject(requestOf({ method, url: path, headers: { ...bearer, ...headers } }, body))
  }
  const keyOf: Door['keyOf'] = async (name) => {
    const caller = await auth.hub.bearer(await tokenOf(name))
    const { key: made, text } = await auth.hub.keys.create(caller, { name: 'automation', expiresAt: null })
    return { id: made.id, text }
  }
  return { app, parts, auth, clock, key, workflows, hub, call, tokenOf, keyOf }
}

/** Signs in once an hour for each account. */
function accounts(auth: Auth, clock: HandClock): Door['tokenOf'] {
  const tokens = new Map<string, { token: Promise<string>; at: number }>()
  const enter = async (name: string) => {
    const known = await auth.accounts.list()
    if (!known.some((account) => account.name === name)) {
      const person = { fullName: name.toUpperCase(), email: `${name}@example.org` }
      await auth.accounts.add(name, PASSWORD, [ROLES[name] ?? 'user'], person)
    }
    return (await auth.hub.enter({ username: name, password: PASSWORD }, '127.0.0.1')).access
  }
  return (name) => {
    const known = tokens.get(name)
    if (known && clock.now() < known.at + HOUR_MS) return known.token
    const token = enter(name)
    tokens.set(name, { token, at: clock.now() })
    return token
  }
}

function requestOf(request: InjectOptions, body: unknown): InjectOptions {
  if (body === undefined) return request
  const headers = { 'content-type': 'application/json', ...request.headers }
  return {
    ...request,
    headers,
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  }
}

/** The body of the seed. */
export const MIGRATE = {
  paths: ['/mmfs1/data/sample_data.tgz'],
  site: 'dfoster1',
  workflow: 'migrate',
  discovery: null,
}

/** Submits; answers the job's number. */
export async function submitted(door: Pick<Door, 'call'>, changes: object = {}, as = 'alice'): Promise<number> {
  const { statusCode, body } = await door.call('POST', '/api/file/workflow/', { as, body: { ...MIGRATE, ...changes } })
  if (statusCode !== 201) throw new Error(body)
  return JSON.parse(body).id
}
