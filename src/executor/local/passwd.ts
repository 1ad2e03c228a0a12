/** Accounts of this host through its name service, kept for a minute. */

import { execFile } from 'node:child_process'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Account, FindAccount } from '../account.ts'

const KEEP_MS = 60_000
const TIMEOUT_MS = 10_000
const KEEP_LIMIT = 10_000
const NOT_FOUND = 2

interface Kept {
  account: Promise<Account | undefined>
  untilMs: number
}

/** `getent` asks whatever the host is set to: files, LDAP, SSSD. */
export function createPasswd(clock: Clock): FindAccount {
  const kept = new Map<string, Kept>()
  return (name) => {
    const known = kept.get(name)
    if (known && known.untilMs > clock.monotonicMs()) return known.account
    if (kept.size >= KEEP_LIMIT) kept.clear()
    const account = look(name)
    kept.set(name, { account, untilMs: clock.monotonicMs() + KEEP_MS })
    account.catch(() => kept.delete(name))
    return account
  }
}

function look(name: string): Promise<Account | undefined> {
  return new Promise((resolve, reject) => {
    execFile('getent', ['passwd', '--', name], { timeout: TIMEOUT_MS }, (error, output) => {
      if (!error) resolve(readEntry(output))
      else if (error.code === NOT_FOUND) resolve(undefined)
      else reject(new DomainError('unavailable', `the host cannot say whether it has an account ${name}; try again`))
    })
  })
}

function readEntry(line: string): Account | undefined {
  const [name, , uid, , , home, shell] = line.trim().split(':')
  if (!name || uid === undefined) return undefined
  return { name, uid: Number(uid), home: home || '/', shell: shell || '/bin/sh' }
}
