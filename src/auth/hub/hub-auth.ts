/** The ways in at the Hub's door: a password made a pair of tokens, the tokens, and client keys. */

import { decodeJwt } from 'jose'
import type { Clock } from '../../base/clock.ts'
import type { User, UserStore } from '../../store/store.ts'
import type { LevelFor } from '../level.ts'
import { rolesAmong } from '../level.ts'
import type { Credentials, SignIn } from '../sign-in.ts'
import { ISSUER } from '../token.ts'
import { createTokenCache, type Verify } from '../token-cache.ts'
import type { TokenKey } from '../token-key.ts'
import { callerOf } from '../verifier.ts'
import { type ClientKeyParts, type ClientKeys, createClientKeys } from './client-keys.ts'
import { createHubTokens, type HubTokens, tokenFault } from './hub-token.ts'

export interface HubAuth {
  /** @throws unauthenticated for a wrong password, limited, unavailable */
  enter(credentials: Credentials, address: string): Promise<{ access: string; refresh: string }>
  /** A new access token. @throws unauthenticated with `details.fault` */
  refresh(token: string): Promise<string>
  /** Says nothing of a token of either kind that counts. @throws unauthenticated with `details.fault` */
  check(token: string): Promise<void>
  /** Who comes with an access token; one of `yardmaster token` or of the Accelerator's door counts as well. */
  bearer: Verify
  keys: ClientKeys
}

export interface HubAuthParts extends ClientKeyParts {
  users: UserStore
  signIn: SignIn
  key: TokenKey
  levelFor: LevelFor
  clock: Clock
}

export function createHubAuth(parts: HubAuthParts): HubAuth {
  const { users, signIn, clock } = parts
  const tokens = createHubTokens(parts.key, clock)
  const own = hubVerifier(parts, tokens)
  return {
    enter: async (credentials, address) => tokens.pair(await signIn.enter(credentials, address)),
    async refresh(token) {
      const claims = await tokens.read(token, 'refresh')
      await standing(users, claims)
      return tokens.access(claims)
    },
    check: async (token) => void (await tokens.read(token)),
    bearer: (token) => (isOfOtherDoor(token) ? signIn.verify(token) : own(token)),
    keys: createClientKeys(parts),
  }
}

function hubVerifier({ users, levelFor, clock }: HubAuthParts, tokens: HubTokens): Verify {
  return createTokenCache({
    users,
    clock,
    read: (token) => tokens.read(token, 'access'),
    async admit(claims) {
      const user = await standing(users, claims)
      return callerOf(user, rolesAmong(user.roles), levelFor)
    },
  })
}

/** The account as it was when the token was given. @throws unauthenticated with a fault */
async function standing(users: UserStore, claims: { user: string; revision: number }): Promise<User> {
  const user = await users.get(claims.user)
  if (!user) throw tokenFault('user_gone')
  if (user.revision !== claims.revision) throw tokenFault('revoked')
  return user
}

/** Only who is asked to verify it; what it says is believed of none. */
function isOfOtherDoor(token: string): boolean {
  try {
    return token.length <= 4096 && decodeJwt(token).iss === ISSUER
  } catch {
    return false
  }
}
