/** Keeps the accounts that came from a directory as the directory is, every so often and whenever somebody asks. */

import type { Clock } from '../../base/clock.ts'
import { isDomainError, messageOf } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { Service } from '../../base/service.ts'
import type { User, UserStore } from '../../store/store.ts'
import { enrol } from '../enrol.ts'
import type { Directory } from './directory.ts'

export interface SyncParts {
  users: UserStore
  directory: Directory
  /** 0 for only when asked. */
  intervalMs: number
  /** Whether accounts go that the directory does not have any more; other sources' never do. */
  remove: boolean
  clock: Pick<Clock, 'now' | 'after'>
  log: Logger
}

export interface SyncOutcome {
  added: number
  removed: number
}

/** Starting it asks the directory at once, in the background. */
export interface DirectorySync extends Service {
  /** One at a time: who asks meanwhile gets the same answer. @throws unavailable */
  run(): Promise<SyncOutcome>
}

/** What a timer can wait at most, about 24 days. */
const LONGEST_MS = 2 ** 31 - 1

export function createDirectorySync(parts: SyncParts): DirectorySync {
  let isOn = false
  let cancel = () => {}
  let running: Promise<SyncOutcome> | undefined
  const run = () => {
    running ??= synchronize(parts).finally(() => {
      running = undefined
    })
    return running
  }
  const turn = async () => {
    await run().catch((error) => {
      const details = isDomainError(error) ? error.details : {}
      parts.log.warn(details, `accounts were not synchronized: ${messageOf(error)}`)
    })
    if (isOn) cancel = parts.clock.after(Math.min(parts.intervalMs, LONGEST_MS), () => void turn())
  }
  return {
    run,
    async start() {
      if (isOn || parts.intervalMs === 0) return
      isOn = true
      void turn()
    },
    async stop() {
      isOn = false
      cancel()
      await running?.catch(() => {})
    },
  }
}

async function synchronize({ users, directory, remove, clock, log }: SyncParts): Promise<SyncOutcome> {
  const people = await directory.list()
  const names = new Set(people.map(({ username }) => username))
  const before = new Map((await users.list()).map((user) => [user.name, user]))
  for (const { username: name, fullName, email } of people) {
    await enrol(users, { name, fullName, email, source: 'ldap', roles: ['user'], now: clock.now() })
  }
  const gone = remove ? missing([...before.values()], names) : []
  for (const { name } of gone) await users.remove(name)
  const outcome = { added: [...names].filter((name) => !before.has(name)).length, removed: gone.length }
  log.info(outcome, 'accounts are as the directory has them')
  return outcome
}

/** Nobody at all is what a wrong filter finds; it must not cost everybody his account. */
function missing(accounts: readonly User[], names: ReadonlySet<string>): User[] {
  if (names.size === 0) return []
  return accounts.filter(({ name, source }) => source === 'ldap' && !names.has(name))
}
