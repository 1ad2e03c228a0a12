/**
 * The one table of what the roles of ClusterCockpit may do with records, tags, nodes and accounts, and which roles open
 * which of its doors (spec/cockpit.md 1.9, 2.1, 2.3). Accelerator's levels have no say here: a level shows everybody's jobs, a role
 * of these does not.
 */

import { DomainError } from '../base/errors.ts'
import type { Caller, Role } from './caller.ts'

/** Everybody's records, or those of one user and of the projects that he manages. */
export type Visibility = 'all' | { user: string; projects: readonly string[] }

/** The scopes that belong to nobody; any other is the name of the user whose tag it is. */
const SHARED_SCOPES: Readonly<Record<string, { read: readonly Role[] | 'all'; write: readonly Role[] }>> = {
  global: { read: 'all', write: ['admin', 'support'] },
  admin: { read: ['admin', 'support'], write: ['admin'] },
}

/**
 * Whose records the caller sees; others do not exist for him.
 * @throws forbidden for an account with no role that has a view of records
 */
export function visibleTo(caller: Caller): Visibility {
  const { user, roles, projects = [] } = caller
  if (isProgram(roles) || hasAny(roles, ['admin', 'support'])) return 'all'
  if (roles.includes('manager')) return { user, projects }
  if (hasAny(roles, ['user', 'readonly'])) return { user, projects: [] }
  throw new DomainError('forbidden', 'user has no or unknown roles')
}

/** Whether `record` is among those that `visibility` lets through. */
export function isVisible(visibility: Visibility, record: { user: string; project: string }): boolean {
  if (visibility === 'all') return true
  return record.user === visibility.user || visibility.projects.includes(record.project)
}

/** A program may set tags of the scope admin and not read them; the answer to who sets one names it all the same. */
export function mayReadTag(caller: Caller, scope: string): boolean {
  const shared = sharedScope(scope)
  if (!shared) return scope === caller.user
  return shared.read === 'all' || hasAny(caller.roles, shared.read)
}

/** A user by the name of a shared scope has no part in it. */
export function mayWriteTag(caller: Caller, scope: string): boolean {
  const shared = sharedScope(scope)
  if (!shared) return scope === caller.user
  return isProgram(caller.roles) || hasAny(caller.roles, shared.write)
}

/** Whether the caller may start, stop, describe and delete records, and say how nodes stand. */
export function mayReport({ roles }: Caller): boolean {
  return isProgram(roles) || roles.includes('admin')
}

/** Whether the caller may see nodes, and who uses them. */
export function maySeeNodes({ roles }: Caller): boolean {
  return isProgram(roles) || hasAny(roles, ['admin', 'support'])
}

/** Whether the caller may see and change accounts, and have tokens made for others. */
export function mayManageUsers({ roles }: Caller): boolean {
  return roles.includes('admin')
}

/** `/api`: a program's account, or an administrator who is one too. */
export function mayUseApi(roles: readonly Role[]): boolean {
  return isProgram(roles) || (roles.includes('api') && roles.includes('admin'))
}

/** `/userapi`: a program's account, or a person's that may use programs. */
export function mayUseUserApi(roles: readonly Role[]): boolean {
  return isProgram(roles) || (roles.includes('api') && hasAny(roles, ['user', 'manager', 'support', 'admin']))
}

/** `/api/write`, `/api/free` and `/api/debug`. */
export function mayWriteMetrics(roles: readonly Role[]): boolean {
  return isProgram(roles) || (roles.includes('api') && hasAny(roles, ['user', 'manager', 'admin']))
}

/** An account with the role api and no other acts for everybody. */
function isProgram(roles: readonly Role[]): boolean {
  return roles.length === 1 && roles[0] === 'api'
}

function hasAny(roles: readonly Role[], wanted: readonly Role[]): boolean {
  return wanted.some((role) => roles.includes(role))
}

function sharedScope(scope: string) {
  return Object.hasOwn(SHARED_SCOPES, scope) ? SHARED_SCOPES[scope] : undefined
}
