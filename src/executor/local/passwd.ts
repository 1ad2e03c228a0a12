/** Accounts of this host through its name service. */

import { execFile } from 'node:child_process'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Account, FindAccount } from '../account.ts'
import { keepAnswers } from './kept-answers.ts'

const TIMEOUT_MS = 10_000
const NOT_FOUND = 2

/** `getent` asks whatever the host is set to: files, LDAP, SSSD. */
export function createPasswd(clock: Clock): FindAccount {
  return keepAnswers(clock, look)
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
  const [name, , uid, gid, , home, shell] = line.trim().split(':')
  if (!name || uid === undefined) return undefined
  return { name, uid: Number(uid), gid: Number(gid), home: home || '/', shell: shell || '/bin/sh' }
}
