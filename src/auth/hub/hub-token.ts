/**
 * The pair of tokens that the Hub's door gives for a password (spec/hub.md 3.1): claims and lifetimes as the original has
 * them, signed with the server's key (EdDSA; there it is HS256), and ended by a change of the account.
 */

import { randomBytes } from 'node:crypto'
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { User } from '../../store/store.ts'
import { ALGORITHM, ISSUER } from '../token.ts'
import type { TokenKey } from '../token-key.ts'

export type HubTokenKind = 'access' | 'refresh'

/** Why a token does not count, in `details.fault` of the error; clients are answered by it. */
export type TokenFault = 'expired' | 'invalid' | 'wrong_type' | 'no_user' | 'user_gone' | 'revoked'

export interface HubClaims {
  kind: HubTokenKind
  user: string
  /** Of the account when the password was given. */
  revision: number
  expiresAt: Instant
}

export interface HubTokens {
  /** Both of one instant. */
  pair(user: User): Promise<{ access: string; refresh: string }>
  /** @throws unauthenticated with a fault */
  access(claims: Pick<HubClaims, 'user' | 'revision'>): Promise<string>
  /** @throws unauthenticated with a fault; no kind stands for either */
  read(token: string, kind?: HubTokenKind): Promise<HubClaims>
}

/** Begins as that of all tokens of ours, so that no other door takes one for its own. */
const HUB_ISSUER = `${ISSUER}/hub`
const LIFETIME_SECONDS: Readonly<Record<HubTokenKind, number>> = { access: 3600, refresh: 86_400 }
const LONGEST = 4096

export function createHubTokens(key: TokenKey, clock: Pick<Clock, 'now'>): HubTokens {
  const sign = (kind: HubTokenKind, { user, revision }: Pick<HubClaims, 'user' | 'revision'>, nowS: number) =>
    new SignJWT({ token_type: kind, jti: randomBytes(16).toString('hex'), user_id: user, rev: revision })
      .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
      .setIssuer(HUB_ISSUER)
      .setIssuedAt(nowS)
      .setExpirationTime(nowS + LIFETIME_SECONDS[kind])
      .sign(key.privateKey)
  const nowSeconds = () => Math.floor(clock.now() / 1000)
  return {
    async pair({ name: user, revision }) {
      const nowS = nowSeconds()
      const [access, refresh] = await Promise.all([
        sign('access', { user, revision }, nowS),
        sign('refresh', { user, revision }, nowS),
      ])
      return { access, refresh }
    },
    access: (claims) => sign('access', claims, nowSeconds()),
    async read(token, kind) {
      const claims = readClaims(await verified(token, key, clock.now()))
      if (kind && claims.kind !== kind) throw tokenFault('wrong_type')
      return claims
    },
  }
}

const SENTENCES: Readonly<Record<TokenFault, string>> = {
  expired: 'Token is expired',
  invalid: 'Token is invalid',
  wrong_type: 'Token has wrong type',
  no_user: 'Token contained no recognizable user identification',
  user_gone: 'User not found',
  revoked: 'Token is blacklisted',
}

export function tokenFault(fault: TokenFault, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', SENTENCES[fault], { fault }, cause)
}

async function verified(token: string, key: TokenKey, now: Instant): Promise<JWTPayload> {
  if (token.length > LONGEST) throw tokenFault('invalid')
  const rules = { algorithms: [ALGORITHM], issuer: HUB_ISSUER, requiredClaims: ['exp'], currentDate: new Date(now) }
  try {
    return (await jwtVerify(token, key.publicKey, rules)).payload
  } catch (error) {
    throw tokenFault(error instanceof errors.JWTExpired ? 'expired' : 'invalid', error)
  }
}

function readClaims({ token_type: kind, user_id: user, rev: revision, exp }: JWTPayload): HubClaims {
  if (kind !== 'access' && kind !== 'refresh') throw tokenFault('wrong_type')
  if (typeof user !== 'string' || user === '' || typeof revision !== 'number') throw tokenFault('no_user')
  return { kind, user, revision, expiresAt: exp! * 1000 }
}
