/** Who asks, and the one table of who may do what to whose job. */

import { DomainError } from '../base/errors.ts'

/** Accelerator's levels, each including those before it (Security Levels: READONLY 2, USER 3, LEADER 4, ADMIN 5). */
export const LEVELS = ['readonly', 'user', 'leader', 'admin'] as const
export type Level = (typeof LEVELS)[number]

/** The roles an account can have (ClusterCockpit's, and `readonly`). */
export const ROLES = ['readonly', 'user', 'manager', 'support', 'admin', 'api'] as const
export type Role = (typeof ROLES)[number]

export interface Caller {
  user: string
  level: Level
  roles: readonly Role[]
  /** Whose jobs a manager sees; absent where nobody asks for records. */
  projects?: readonly string[]
}

export type Operation = 'view' | 'submit' | 'control' | 'modify' | 'forget' | 'administer'

/** The least level for an operation on one's own things and on another's (Operations by Security Level). */
const LEAST: Readonly<Record<Operation, { own: Level; other: Level }>> = {
  view: { own: 'readonly', other: 'readonly' },
  submit: { own: 'user', other: 'admin' },
  control: { own: 'user', other: 'leader' },
  modify: { own: 'user', other: 'admin' },
  forget: { own: 'user', other: 'leader' },
  administer: { own: 'admin', other: 'admin' },
}

export function reaches(caller: Caller, least: Level): boolean {
  return LEVELS.indexOf(caller.level) >= LEVELS.indexOf(least)
}

/** @throws forbidden, naming the level that it takes */
export function permit(caller: Caller, operation: Operation, owner: string): void {
  const whose = owner === caller.user ? 'own' : 'other'
  const least = LEAST[operation][whose]
  if (reaches(caller, least)) return
  const what = whose === 'own' ? `${operation} jobs` : `${operation} jobs of ${owner}`
  throw new DomainError('forbidden', `${caller.user} may not ${what}: it takes the level ${least.toUpperCase()}`)
}

/** The level that a set of roles amounts to: support leads, a manager and an api account use. */
export function levelOf(roles: readonly Role[]): Level {
  if (roles.includes('admin')) return 'admin'
  if (roles.includes('support')) return 'leader'
  if (roles.includes('user') || roles.includes('manager') || roles.includes('api')) return 'user'
  return 'readonly'
}
