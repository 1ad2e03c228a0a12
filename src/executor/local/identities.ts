/** Whose rights hold for a user's files on this host, all groups included. */

import { execFile } from 'node:child_process'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Identity } from '../../workflow/task-order.ts'
import type { FindAccount, FindIdentity } from '../account.ts'
import { keepAnswers } from './kept-answers.ts'

export interface IdentityParts {
  findAccount: FindAccount
  clock: Clock
  /** Only root can take somebody's rights; anybody else has his own alone. */
  isRoot: boolean
}

const TIMEOUT_MS = 10_000

export function createIdentities({ findAccount, clock, isRoot }: IdentityParts): FindIdentity {
  if (!isRoot) return async () => null
  return keepAnswers(clock, async (name) => {
    const account = await findAccount(name)
    if (account) return { name, uid: account.uid, gid: account.gid, groups: await groupsOf(name) }
    const hint = 'files are touched with the rights of the account that submits; ask the administrator for one'
    throw new DomainError('forbidden', `this host has no account named ${name}; ${hint}`, { by: 'host' })
  })
}

/** The account's own group among them. */
function groupsOf(name: string): Promise<Identity['groups']> {
  return new Promise((resolve, reject) => {
    execFile('id', ['-G', '--', name], { timeout: TIMEOUT_MS }, (error, output) => {
      const groups = output.trim().split(' ').map(Number)
      if (!error && groups.every(Number.isSafeInteger)) resolve(groups)
      else reject(new DomainError('unavailable', `the host cannot say which groups ${name} is in; try again`))
    })
  })
}
