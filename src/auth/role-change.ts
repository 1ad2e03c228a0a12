/** What an administrator may change of one account's roles and projects; refusals as the original words them (spec/cockpit.md 1.11). */

import { DomainError } from '../base/errors.ts'
import type { User } from '../store/store.ts'
import { ROLES, type Role } from './caller.ts'
import { rolesAmong } from './level.ts'

const LONGEST_PROJECT = 255

export type Change = (user: User) => Partial<Pick<User, 'roles' | 'projects'>>

/** @throws invalid, conflict */
export function addingRole(word: string): Change {
  checkRole(word, 'adding role failed')
  return ({ name, roles }) => {
    if (roles.includes(word))
      throw new DomainError('conflict', `adding role failed: user ${name} already has role ${word}`)
    return { roles: rolesAmong([...roles, word]) }
  }
}

/** An account may be left without a role, and then sees nothing. @throws invalid, conflict */
export function removingRole(word: string): Change {
  checkRole(word, 'removing role failed')
  return (user) => {
    if (!user.roles.includes(word))
      throw new DomainError('conflict', `removing role failed: role already deleted for user '${user.name}': ${word}`)
    const roles = user.roles.filter((role) => role !== word)
    return settingRoles(rolesAmong(roles), 'removing role failed: ')(user)
  }
}

/** @throws conflict for a manager's projects that would have no manager */
export function settingRoles(roles: readonly Role[], doing = ''): Change {
  return ({ name, projects }) => {
    if (roles.includes('manager') || projects.length === 0) return { roles }
    const still = `user ${name} still has assigned project(s) : [${projects.join(' ')}]`
    throw new DomainError('conflict', `${doing}cannot remove role 'manager' while ${still}`)
  }
}

/** @throws invalid, conflict */
export function addingProject(project: string): Change {
  if (!isProjectName(project))
    throw new DomainError(
      'invalid',
      `adding project failed: a project's name has from 1 to ${LONGEST_PROJECT} characters`,
    )
  return ({ name, roles, projects }) => {
    if (!roles.includes('manager'))
      throw new DomainError('conflict', `adding project failed: user '${name}' is not a manager`)
    if (projects.includes(project))
      throw new DomainError('conflict', `adding project failed: user '${name}' already manages project '${project}'`)
    return { projects: [...projects, project] }
  }
}

/** The doubled quotes are the original's. @throws conflict */
export function removingProject(project: string): Change {
  return ({ name, roles, projects }) => {
    if (!roles.includes('manager'))
      throw new DomainError('conflict', `removing project failed: user '"${name}"' is not a manager`)
    if (!projects.includes(project)) {
      const sentence = `user '"${name}"': Cannot remove project '"${project}"' - Does not match`
      throw new DomainError('conflict', `removing project failed: ${sentence}`)
    }
    return { projects: projects.filter((other) => other !== project) }
  }
}

export function isProjectName(project: string): boolean {
  return project.length > 0 && project.length <= LONGEST_PROJECT && !/\p{Cc}/u.test(project)
}

function checkRole(word: string, doing: string): void {
  if (!ROLES.includes(word as Role))
    throw new DomainError('invalid', `${doing}: supplied role is no valid option : ${word}`)
}
