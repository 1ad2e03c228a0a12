/**
 * The ways in and out for a browser: with a password, with a token, through an OpenID provider. Each answers a session,
 * which the routes keep in the cookie `session`:
 *
 * - `POST /login`: `withPassword({ username, password }, address)`; refusals are unauthenticated, limited, unavailable.
 * - `GET|POST /jwt-login`: `withToken(token)`, the token of the query, of `Authorization` or of `X-Auth-Token`.
 * - `GET /oidc-login`: `openId.begin(redirectUri)`; redirect to its `url` and keep `kept` in a cookie of ten minutes.
 * - `GET /oidc-callback`: `openId.finish(url as it was called, kept)`; then forget that cookie.
 * - `POST /logout`: `close(value)`; then forget the cookie.
 * - any other: `read(value)` is the caller, with roles and projects.
 * - `GET /frontend/jwt/`: `issueToken(value, username)`.
 */

import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { UserStore } from '../../store/store.ts'
import type { Bearer } from '../bearer/bearer.ts'
import { rolesAmong } from '../level.ts'
import type { OpenId } from '../oidc/open-id.ts'
import type { Credentials, SignIn } from '../sign-in.ts'
import type { Tokens } from '../token.ts'
import type { OpenSession, SessionClaims, Sessions } from './session.ts'

/** What `/oidc-login` answers: where to send the browser, and what it must bring back. */
export interface OpenIdStart {
  url: string
  kept: string
}

export interface Browser {
  /** `address` is where the request came from. @throws unauthenticated, limited, unavailable */
  withPassword(credentials: Credentials, address: string): Promise<OpenSession>
  /** Roles and end are those of the token, where these are less than the account's. @throws unauthenticated */
  withToken(token: string): Promise<OpenSession>
  /** Null where no provider is set. */
  openId: {
    /** @throws unavailable when the provider cannot be asked */
    begin(redirectUri: string): Promise<OpenIdStart>
    /** @throws unauthenticated, unavailable */
    finish(callbackUrl: string, kept: string): Promise<OpenSession>
  } | null
  read: Sessions['read']
  close: Sessions['close']
  /**
   * A token for programs, good for as long as `cockpit.jwt_max_age` says.
   * @throws forbidden for somebody else's unless the session is an administrator's, not_found
   */
  issueToken(session: string, username: string): Promise<string>
}

export interface BrowserParts {
  users: UserStore
  signIn: Pick<SignIn, 'enter'>
  bearer: Bearer
  sessions: Sessions
  openId: OpenId | null
  tokens: Tokens
  /** Of tokens that `issueToken` makes; 0 for no end. */
  jwtMaxAgeMs: number
  clock: Pick<Clock, 'now'>
}

export function createBrowser(parts: BrowserParts): Browser {
  const { signIn, sessions, openId } = parts
  return {
    withPassword: async (credentials, address) => sessions.open(await signIn.enter(credentials, address)),
    withToken: (token) => withToken(parts, token),
    openId: openId && {
      begin: (redirectUri) => openId.begin(redirectUri),
      finish: async (callbackUrl, kept) => sessions.open(await openId.finish(callbackUrl, kept)),
    },
    read: sessions.read,
    close: sessions.close,
    issueToken: (session, username) => issueToken(parts, session, username),
  }
}

/** A session needs an account, since it ends with it; a token of another program may name somebody who has none. */
async function withToken({ users, bearer, sessions }: BrowserParts, token: string): Promise<OpenSession> {
  const caller = await bearer.verify(token)
  const user = await users.get(caller.user)
  if (!user) throw new DomainError('unauthenticated', 'unknown user')
  const until = await bearer.expiresAt(token)
  return sessions.open(user, { roles: caller.roles, ...(Number.isFinite(until) && { until }) })
}

async function issueToken(parts: BrowserParts, session: string, username: string): Promise<string> {
  const claims = await parts.sessions.claims(session)
  const { roles } = await parts.sessions.read(session)
  const isOwn = claims.user === username
  if (!isOwn && !roles.includes('admin'))
    throw new DomainError('forbidden', 'only admins are allowed to sign JWTs not for themselves')
  const user = await parts.users.get(username)
  if (!user) throw new DomainError('not_found', `getting user failed: there is no account named ${username}`)
  return parts.tokens.sign({
    user: user.name,
    roles: isOwn ? roles : rolesAmong(user.roles),
    revision: user.revision,
    expiresAt: endOfToken(parts, claims),
  })
}

/** Whoever came in with a token that ends gets none that outlives it. */
function endOfToken({ jwtMaxAgeMs, clock }: BrowserParts, { isBorrowed, expiresAt }: SessionClaims): number {
  const end = jwtMaxAgeMs === 0 ? Number.POSITIVE_INFINITY : clock.now() + jwtMaxAgeMs
  return isBorrowed ? Math.min(end, expiresAt) : end
}
