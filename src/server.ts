/** The only file that chooses parts, with `server/`: opens the store, picks the executor, mounts the dialects, opens the doors. */

import { mkdirSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { type Announcement, announce, withdrawAnnouncement } from './announcement.ts'
import { ensureFirstAccount } from './auth/accounts.ts'
import { type Auth, createAuth } from './auth/auth.ts'
import { createPasswords } from './auth/password.ts'
import { systemClock as clock } from './base/clock.ts'
import { messageOf } from './base/errors.ts'
import type { Logger } from './base/log.ts'
import { createLogRing, type LogRing } from './base/log-ring.ts'
import { type Config, type ConfigSources, loadConfig } from './config.ts'
import { createEngine, type Engine } from './engine/engine.ts'
import type { Executor } from './executor/executor.ts'
import { createLocalExecutor } from './executor/local/local-executor.ts'
import { createPasswd } from './executor/local/passwd.ts'
import { namesOfHost } from './http/host-name.ts'
import { chooseTls } from './http/tls.ts'
import { planDoors } from './server/door-plans.ts'
import { type Doors, openDoors } from './server/doors.ts'
import { createMeasures } from './server/measures.ts'
import { openRecordRoom, type RecordRoom } from './server/record-room.ts'
import { openWorkflowRoom, type WorkflowRoom } from './server/workflow-room.ts'
import { takeLock } from './store/sqlite/lock.ts'
import { openSqliteStore } from './store/sqlite/open.ts'
import type { Store } from './store/store.ts'

export interface RunningServer {
  announcement(): Announcement
  /** The administrator's sign-in of a new data directory, for the terminal only; undefined when there are accounts. */
  firstSignIn: { name: string; password: string } | undefined
  /** Reads the settings anew: names, TLS, certificates, sign-in and clusters change; jobs and standing connections do not. */
  reread(): Promise<Announcement>
  /** Ends cleanly: requests in flight are answered, running jobs go on. Safe to call twice. */
  stop(): Promise<void>
}

export const VERSION: string = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version

const OWN = { name: userInfo().username, uid: userInfo().uid }
const findAccount = createPasswd(clock)
const NOWHERE = { write: () => undefined }

/** `logs` holds what was logged, for administrators to read. @throws invalid for settings that cannot be, unavailable when another server works on the data directory */
export async function startServer(
  sources: ConfigSources,
  log: Logger,
  logs: LogRing = createLogRing(NOWHERE),
): Promise<RunningServer> {
  const { config, settings, warnings } = loadConfig(sources)
  mkdirSync(config.dataDir, { recursive: true, mode: 0o700 })
  // What was opened is closed in the opposite order, also when a later part cannot be had.
  const opened = new AsyncDisposableStack()
  try {
    opened.adopt(takeLock(join(config.dataDir, 'lock.db')), (lock) => lock.release())
    const store = opened.adopt(await openSqliteStore(config), (open) => open.close())
    const auth = await createAuth({ ...store, own: OWN, env: process.env, clock, log }, config)
    opened.defer(() => auth.stop())
    const executor = createHostExecutor(config, log)
    const roomParts = { store, hostname: executor.host().name, clock, log }
    const records = opened.adopt(await openRecordRoom(config, roomParts), (room) => room.close())
    const workflows = opened.adopt(openWorkflowRoom(config, { store, findAccount, clock, log }), (room) => room.close())
    const engine = createYardEngine(config, { store, executor, records, workflows, log })
    workflows.keeping.attach(engine)
    opened.defer(() => engine.stop())
    await engine.start()
    opened.defer(() => workflows.keeping.stop())
    await workflows.keeping.start()
    await auth.start()
    const measures = createMeasures({ version: VERSION, store, engine, records, clock, log })
    const tls = await tlsFor(config)
    const plan = { config, settings, version: VERSION, store, engine, auth, records, workflows, measures, logs, log }
    const plans = planDoors(plan, () => doors.urls())
    const terms = { tls: tls?.material ?? null, httpName: config.httpName }
    const doors: Doors = opened.adopt(await openDoors(plans, terms, log), (open) => open.close())
    const server = new Server({
      sources,
      config,
      auth,
      records,
      doors,
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
  records: RecordRoom
  doors: Doors
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
    const { doors, auth } = this.#parts
    const warnings = [...this.#warnings, ...doors.warnings, ...auth.warnings()]
    return { pid: process.pid, version: VERSION, urls: doors.urls(), reread: this.#rereads, warnings }
  }

  async reread(): Promise<Announcement> {
    this.#rereads += 1
    try {
      await this.#readAgain()
    } catch (error) {
      announce(this.#parts.config.dataDir, { ...this.announcement(), refusal: messageOf(error) })
      throw error
    }
    announce(this.#parts.config.dataDir, this.announcement())
    return this.announcement()
  }

  async #readAgain(): Promise<void> {
    const { sources, doors, auth, records } = this.#parts
    const { config, warnings } = loadConfig(sources)
    const tls = await tlsFor(config)
    await records.reread()
    await doors.reread({ tls: tls?.material ?? null, httpName: config.httpName })
    auth.reread(config)
    this.#warnings = [...warnings, ...(tls?.warnings ?? [])]
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

function createHostExecutor({ dataDir, host }: Config, log: Logger): Executor {
  const chosen = Object.entries({ hostName: host.name, slots: host.slots, ramMb: host.ramMb })
  const given = Object.fromEntries(chosen.filter(([, value]) => value !== null))
  return createLocalExecutor({ ...given, dataDir, clock, log })
}

interface YardParts {
  store: Store
  executor: Executor
  records: RecordRoom
  workflows: WorkflowRoom
  log: Logger
}

function createYardEngine({ name, jobs }: Config, parts: YardParts): Engine {
  const { store, executor, records, workflows, log } = parts
  const { done, failed, idle } = jobs.autoforgetMs
  const { keeping, metrics, homeCluster } = records
  return createEngine({
    store,
    executor,
    movers: workflows.movers,
    keeping,
    metrics,
    homeCluster,
    runAs: jobs.runAs,
    findAccount,
    ownAccount: OWN.name,
    projectName: name,
    keep: { doneMs: done, failedMs: failed, othersMs: idle },
    clock,
    log,
  })
}

async function tlsFor(config: Config) {
  if (!config.tls.enable) return null
  const names = await namesOfHost(config.httpName, config.accelerator.listen?.host ?? config.cockpit.listen?.host)
  const material = await chooseTls({ ...config.tls, dataDir: config.dataDir, names, now: clock.now() })
  return { material, warnings: material.warnings }
}
