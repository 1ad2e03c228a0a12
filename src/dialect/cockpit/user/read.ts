/** What is asked of one account: one or several of four changes, under the same names in JSON and in forms (spec/cockpit.md 1.11, 1.13). */

import type { Accounts } from '../../../auth/accounts.ts'
import { DomainError, isDomainError } from '../../../base/errors.ts'
import { object, text } from '../body/shape.ts'

export const CHANGE_BODY = object('api.UpdateUserAPIRequest', {
  'add-role': text,
  'remove-role': text,
  'add-project': text,
  'remove-project': text,
})

type ChangeName = 'add-role' | 'remove-role' | 'add-project' | 'remove-project'
export type Changes = Partial<Record<ChangeName, string | undefined>>

const CHANGES: Readonly<
  Record<ChangeName, { done: string; apply(accounts: Accounts, name: string, word: string): Promise<void> }>
> = {
  'add-role': { done: 'Add Role Success', apply: (accounts, name, word) => accounts.addRole(name, word) },
  'remove-role': { done: 'Remove Role Success', apply: (accounts, name, word) => accounts.removeRole(name, word) },
  'add-project': { done: 'Add Project Success', apply: (accounts, name, word) => accounts.addProject(name, word) },
  'remove-project': {
    done: 'Remove Project Success',
    apply: (accounts, name, word) => accounts.removeProject(name, word),
  },
}

/** Makes the first change that is asked for; answers what was done. @throws invalid for none, conflict for one that cannot be */
export async function changeAccount(accounts: Accounts, name: string, changes: Changes): Promise<string> {
  const asked = (Object.keys(CHANGES) as ChangeName[]).find((change) => changes[change])
  if (!asked) {
    const names = Object.keys(CHANGES)
    throw new DomainError(
      'invalid',
      `no operation specified: must provide ${names.slice(0, -1).join(', ')}, or ${names.at(-1)}`,
    )
  }
  const { done, apply } = CHANGES[asked]
  try {
    await apply(accounts, name, changes[asked]!)
    return done
  } catch (error) {
    // All that an account can have against it is 422 here (spec/cockpit.md 1.11).
    if (isDomainError(error, 'invalid') || isDomainError(error, 'not_found'))
      throw new DomainError('conflict', error.message, error.details, error)
    throw error
  }
}
