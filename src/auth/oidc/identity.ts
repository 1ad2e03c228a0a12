/** What an OpenID provider says of a person: the claims of the ID token and of its userinfo endpoint. */

import { DomainError } from '../../base/errors.ts'
import { isUserName } from '../accounts.ts'
import { ROLES, type Role } from '../caller.ts'

export interface Identity {
  username: string
  fullName: string
  email: string
  /** Null where the provider says nothing of roles. */
  roles: readonly Role[] | null
}

type Claims = Readonly<Record<string, unknown>>

const LONGEST_TEXT = 200

/**
 * Names from `preferred_username`, `name`, `email`; roles as Keycloak has them, of the realm and of this client. `api` is
 * for programs, and no person's sign-in gives it.
 * @throws unauthenticated for a name that no account can have
 */
export function readIdentity(sources: readonly Claims[], clientId: string): Identity {
  const text = (claim: string) =>
    sources.map((claims) => claims[claim]).find((value) => typeof value === 'string') ?? ''
  const username = String(text('preferred_username'))
  if (!isUserName(username))
    throw new DomainError(
      'unauthenticated',
      'the OpenID provider says no preferred_username that can be an account here',
    )
  return {
    username,
    fullName: tidy(String(text('name'))),
    email: tidy(String(text('email'))),
    roles: rolesIn(sources, clientId),
  }
}

function rolesIn(sources: readonly Claims[], clientId: string): readonly Role[] | null {
  const holders = sources.flatMap((claims) => [claims.realm_access, member(claims.resource_access, clientId)])
  const lists = holders.map((holder) => member(holder, 'roles')).filter((list) => Array.isArray(list))
  if (lists.length === 0) return null
  const words = new Set<unknown>(lists.flat())
  const roles = ROLES.filter((role) => role !== 'api' && words.has(role))
  return roles.length > 0 ? roles : ['user']
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined
}

function tidy(text: string): string {
  return text
    .replaceAll(/\p{Cc}/gu, ' ')
    .trim()
    .slice(0, LONGEST_TEXT)
}
