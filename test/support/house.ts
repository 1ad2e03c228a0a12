/** An engine over a real store and an executor that the test steps by hand. */

import { onTestFinished } from 'vitest'
import type { Caller, Level } from '../../src/auth/caller.ts'
import { type Logger, silentLog } from '../../src/base/log.ts'
import type { Submission } from '../../src/engine/command.ts'
import { createEngine, type Engine, type EngineParts } from '../../src/engine/engine.ts'
import type { Job } from '../../src/job/job.ts'
import { openSqliteStore } from '../../src/store/sqlite/open.ts'
import type { Store } from '../../src/store/store.ts'
import { HandClock } from './clock.ts'
import { testFolder } from './folder.ts'
import { HandExecutor } from './hand-executor.ts'

export interface House {
  engine: Engine
  store: Store
  executor: HandExecutor
  clock: HandClock
  dataDir: string
  /** Settles with the job at its next notice of that kind. */
  next(kind: string, id?: number): Promise<Job>
  /** Ends engine and store and starts them anew over the same data. */
  restart(): Promise<House>
  close(): Promise<void>
}

export interface HouseOptions extends Partial<EngineParts> {
  slots?: number
  ramMb?: number
  dataDir?: string
  executor?: HandExecutor
  log?: Logger
}

export async function makeHouse({ slots = 2, ramMb = 4000, ...options }: HouseOptions = {}): Promise<House> {
  const dataDir = options.dataDir ?? testFolder()
  const store = options.store ?? (await openSqliteStore({ dataDir }))
  const executor = options.executor ?? new HandExecutor({ slots, ramMb })
  const clock = (options.clock as HandClock | undefined) ?? new HandClock()
  const engine = createEngine({
    runAs: 'server',
    findAccount: async (name) => ({ name, uid: 1000, gid: 1000, home: `/home/${name}`, shell: '/bin/sh' }),
    ownAccount: 'yard',
    projectName: 'vnc',
    keep: { doneMs: 3_600_000, failedMs: 172_800_000, othersMs: 172_800_000 },
    log: silentLog,
    ...options,
    store,
    executor,
    clock,
  })
  await engine.start()
  let stopped: Promise<void> | undefined
  const stop = () => {
    stopped ??= engine.stop().then(() => store.close())
    return stopped
  }
  onTestFinished(stop)
  const next = (kind: string, id?: number) => nextNotice(engine, kind, id)
  const restart = async () => {
    await stop()
    const { store: _closed, ...same } = options
    return makeHouse({ ...same, slots, ramMb, dataDir, executor, clock })
  }
  return { engine, store, executor, clock, dataDir, next, restart, close: stop }
}

function nextNotice({ bus }: Engine, kind: string, id?: number): Promise<Job> {
  return new Promise((resolve) => {
    const end = bus.listen((notice) => {
      const job = notice.after ?? notice.before
      if (notice.kind !== kind || !job || (id !== undefined && job.id !== id)) return
      end()
      resolve(job)
    })
  })
}

export function aCaller(user = 'alice', level: Level = 'user'): Caller {
  const roles = { readonly: 'readonly', user: 'user', leader: 'support', admin: 'admin' } as const
  return { user, level, roles: [roles[level]] }
}

let logs = 0

export function aSubmission(changes: Partial<Submission> = {}): Submission {
  logs += 1
  return { command: 'sleep 33', rundir: '/tmp', logfile: `JOBLOG.${logs}`, env: 'BASE', ...changes }
}
