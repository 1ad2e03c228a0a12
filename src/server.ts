/** The only file that chooses parts: opens the store, picks the executor, mounts the dialects, opens the doors. */

import { mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Announcement, announce, withdrawAnnouncement } from './announcement.ts'
import { ensureFirstAccount } from './auth/accounts.ts'
import { type Auth, createAuth } from './auth/auth.ts'
import { createPasswords } from './auth/password.ts'
import { systemClock as clock } from './base/clock.ts'
import { DomainError } from './base/errors.ts'
import type { Logger } from './base/log.ts'
import { type Config, type ConfigSources, loadConfig } from './config.ts'
import { acceleratorPlugin } from './dialect/accelerator/plugin.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import { createLocalExecutor } from './executor/local/local-executor.ts'
import { createPasswd } from './executor/local/passwd.ts'
import { createApp } from './http/app.ts'
import { serveFrontPage } from './http/front-page.ts'
import { namesOfHost } from './http/host-name.ts'
import { Door, type TlsMaterial } from './http/listener.ts'
import { chooseTls } from './http/tls.ts'
import { takeLock } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

export interface RunningServer {
  announcement(): Announcement
  /** The administrator's sign-in of a new data directory, for the terminal only; undefined when there are accounts. */
  firstSignIn: { name: string; password: string } | undefined
  /** Reads the settings anew: names, TLS, certificates and sign-in change; jobs and standing connections do not. */
  reread(): Promise<Announcement>
  /** Ends cleanly: requests in flight are answered, running jobs go on. Safe to call twice. */
  stop(): Promise<void>
}

export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

const OWN = { name: userInfo().username, uid: userInfo().uid }

/** @throws invalid for settings that cannot be, unavailable when another server works on the data directory */
export async function startServer(sources: ConfigSources, log: Logger): Promise<RunningServer> {
  const { config, warnings } = loadConfig(sources)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  // What was opened is closed in the opposite order, also when a later part cannot be had.
  const opened = new AsyncDisposableStack()
  try {
    opened.adopt(takeLock(join(config.dataDir, 'lock.db')), (lock) => lock.release())
    const store = opened.adopt(await openSqliteStore(config), (open) => open.close())
    const auth = await createAuth({ ...store, own: OWN, env: process.env, clock, log }, config)
    const engine = createYardEngine(config, store, log)
    opened.defer(() => engine.stop())
    await engine.start()
    const tls = await tlsFor(config)
    const { door, close } = await openDoor(config, { engine, auth, tls: tls?.material ?? null, log })
    opened.defer(async () => void (await close()))
    const server = new Server({
      sources,
      config,
      auth,
      door,
      opened,
      warnings: [...warnings, ...(tls?.warnings ?? [])],
    })
    // Last of all: had a later part failed, the account would be there and nobody would have seen its password.
    const firstSignIn = await firstSignInOf(config, store)
    announce(config.dataDir, server.announcement())
    return Object.assign(server, { firstSignIn })
  } catch (error) {
    await opened.disposeAsync()
    throw error
  }
}

/** Where everybody's password is the host's, no account needs to be made. */
async function firstSignInOf({ auth }: Config, store: Store): Promise<RunningServer['firstSignIn']> {
  if (!auth.providers.includes('local')) return undefined
  return ensureFirstAccount({ ...store, passwords: createPasswords(), clock }, OWN.name)
}

interface ServerParts {
  sources: ConfigSources
  config: Config
  auth: Auth
  door: Door
  opened: AsyncDisposableStack
  warnings: readonly string[]
}

class Server implements Omit<RunningServer, 'firstSignIn'> {
  readonly #parts: ServerParts
  #warnings: readonly string[]
  #rereads = 0
  #stopping: Promise<void> | undefined

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#warnings = parts.warnings
  }

  announcement(): Announcement {
    const { door, auth } = this.#parts
    const warnings = [...this.#warnings, ...auth.warnings()]
    return { pid: process.pid, version: VERSION, urls: { accelerator: door.url }, reread: this.#rereads, warnings }
  }

  async reread(): Promise<Announcement> {
    const { sources, door, auth } = this.#parts
    const { config, warnings } = loadConfig(sources)
    const tls = await tlsFor(config)
    await door.reread({ tls: tls?.material ?? null, httpName: config.httpName })
    auth.reread(config)
    this.#warnings = [...warnings, ...(tls?.warnings ?? [])]
    this.#rereads += 1
    announce(config.dataDir, this.announcement())
    return this.announcement()
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#end()
    return this.#stopping
  }

  async #end(): Promise<void> {
    withdrawAnnouncement(this.#parts.config.dataDir)
    await this.#parts.opened.disposeAsync()
  }
}

function createYardEngine(config: Config, store: Store, log: Logger): Engine {
  const { dataDir, name, jobs, host } = config
  const chosen = Object.entries({ hostName: host.name, slots: host.slots, ramMb: host.ramMb })
  const executor = createLocalExecutor({
    ...Object.fromEntries(chosen.filter(([, value]) => value !== null)),
    dataDir,
    clock,
    log,
  })
  const { done, failed, idle } = jobs.autoforgetMs
  return createEngine({
    store,
    executor,
    runAs: jobs.runAs,
    findAccount: createPasswd(clock),
    ownAccount: OWN.name,
    projectName: name,
    keep: { doneMs: done, failedMs: failed, othersMs: idle },
    clock,
    log,
  })
}

interface DoorParts {
  engine: Engine
  auth: Auth
  tls: TlsMaterial | null
  log: Logger
}

interface OpenDoor {
  door: Door
  close(): Promise<unknown>
}

/** The Accelerator's door, with the front page. @throws invalid when it is closed or its port cannot be had */
async function openDoor(config: Config, { engine, auth, tls, log }: DoorParts): Promise<OpenDoor> {
  const { accelerator, httpName, name } = config
  if (!accelerator.listen) throw new DomainError('invalid', 'accelerator.listen is "off": there is no other door yet')
  const door = new Door({ listen: accelerator.listen, tls, httpName, log })
  const app = createApp({ log, serverFactory: door.serverFactory })
  const other = () => door.url.replace(/^https?/, (scheme) => (scheme === 'https' ? 'http' : 'https'))
  await app.register(acceleratorPlugin, {
    engine,
    ...auth,
    project: { name, version: VERSION },
    urls: () => [door.url, other()],
    clock,
    log,
  })
  await serveFrontPage(app, {
    name,
    version: VERSION,
    doors: () => [{ door: 'Accelerator REST API', url: door.url }],
    pages: [{ title: 'API', path: '/html/vovrest.html', about: 'every request of the REST API, to read and to try' }],
  })
  await app.ready()
  await door.open()
  // Side by side: the app ends its event streams, for which the door would wait.
  return { door, close: () => Promise.all([door.close(), app.close()]) }
}

async function tlsFor(config: Config): Promise<{ material: TlsMaterial; warnings: string[] } | null> {
  if (!config.tls.enable) return null
  const names = await namesOfHost(config.httpName, config.accelerator.listen?.host)
  const material = await chooseTls({ ...config.tls, dataDir: config.dataDir, names, now: clock.now() })
  return { material, warnings: material.warnings }
}
