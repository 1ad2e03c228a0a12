/** Signing in through an OpenID provider: the code flow with PKCE (OpenID Connect Core 3.1, RFC 7636). */

import * as client from 'openid-client'
import type { Clock } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Logger } from '../../base/log.ts'
import type { User, UserStore } from '../../store/store.ts'
import { newRevision } from '../accounts.ts'
import { enrol } from '../enrol.ts'
import type { Seal } from '../seal.ts'
import { type Identity, readIdentity } from './identity.ts'
import { failure, unreachable } from './open-id-failure.ts'

export interface OpenIdParts {
  /** The issuer's URL; one with http is asked without TLS. */
  provider: string
  clientId: string
  /** Undefined for a public client. */
  clientSecret: string | undefined
  /** Whether a newcomer gets an account, and an account the roles that the provider says. */
  addUsers: boolean
  users: UserStore
  seal: Seal
  clock: Pick<Clock, 'now'>
  log: Logger
}

export interface OpenId {
  /** Where to send the browser, and what it must bring back with the answer. @throws unavailable */
  begin(redirectUri: string): Promise<{ url: string; kept: string }>
  /** The account of who came back to `callbackUrl`. @throws unauthenticated, unavailable */
  finish(callbackUrl: string, kept: string): Promise<User>
}

type Find = () => Promise<client.Configuration>

const SCOPE = 'openid profile email'
const PATIENCE_MS = 10 * 60_000
const TIMEOUT_SECONDS = 10

export function createOpenId(parts: OpenIdParts): OpenId {
  const find = discovered(parts)
  return {
    begin: (redirectUri) => begin(parts, find, redirectUri),
    async finish(callbackUrl, kept) {
      const identity = await identify(parts, find, { callbackUrl, kept })
      const user = await accountOf(parts, identity)
      parts.log.info({ user: user.name }, 'signed in through the OpenID provider')
      return user
    },
  }
}

/** Asked when somebody first wants it, so that the server starts without the provider, and again after a failure. */
function discovered({ provider, clientId, clientSecret }: OpenIdParts): Find {
  let found: Promise<client.Configuration> | undefined
  const insecure = provider.startsWith('http:') ? [client.allowInsecureRequests] : []
  const options = { execute: [...insecure, client.enableNonRepudiationChecks], timeout: TIMEOUT_SECONDS }
  return () => {
    found ??= client.discovery(new URL(provider), clientId, clientSecret, undefined, options)
    return found.catch((error) => {
      found = undefined
      throw unreachable(error)
    })
  }
}

async function begin({ seal, clock }: OpenIdParts, find: Find, redirectUri: string) {
  const config = await find()
  const [state, nonce, verifier] = [client.randomState(), client.randomNonce(), client.randomPKCECodeVerifier()]
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri: redirectUri,
    scope: SCOPE,
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
    nonce,
  })
  const kept = await seal.seal({ state, nonce, verifier, redirectUri }, clock.now() + PATIENCE_MS)
  return { url: url.href, kept }
}

async function identify(
  { seal, clientId }: OpenIdParts,
  find: Find,
  answer: { callbackUrl: string; kept: string },
): Promise<Identity> {
  const kept = await seal.read(answer.kept).catch((error) => {
    throw new DomainError('unauthenticated', 'the sign-in took too long, or began elsewhere; begin again', {}, error)
  })
  const { state, nonce, verifier, redirectUri } = kept as Record<string, string>
  // The address that the provider knows, whatever a proxy made of it on the way here.
  const url = new URL(redirectUri!)
  url.search = new URL(answer.callbackUrl, url).search
  const config = await find()
  try {
    const checks = { expectedState: state!, expectedNonce: nonce!, pkceCodeVerifier: verifier!, idTokenExpected: true }
    const tokens = await client.authorizationCodeGrant(config, url, checks)
    const claims = tokens.claims()!
    const more = config.serverMetadata().userinfo_endpoint
      ? await client.fetchUserInfo(config, tokens.access_token, claims.sub)
      : {}
    return readIdentity([claims, more], clientId)
  } catch (error) {
    throw failure(error)
  }
}

/** @throws unauthenticated for somebody without an account, or with one that is not the provider's */
async function accountOf({ users, addUsers, clock }: OpenIdParts, identity: Identity): Promise<User> {
  const { username: name, fullName, email, roles } = identity
  const known = await users.get(name)
  if (!known && !addUsers)
    throw new DomainError('unauthenticated', `there is no account named ${name}; ask an administrator for one`)
  const newcomer = { name, fullName, email, source: 'oidc', roles: roles ?? ['user'], now: clock.now() } as const
  const user = await enrol(users, newcomer)
  if (!user)
    throw new DomainError(
      'unauthenticated',
      `the account ${name} is not one of the OpenID provider: sign in as it does`,
    )
  if (!addUsers || roles === null || roles.join() === user.roles.join()) return user
  const changed = { ...user, roles, revision: newRevision() }
  await users.replace(changed, user)
  return changed
}
