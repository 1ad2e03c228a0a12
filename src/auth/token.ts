/** Access tokens: JWTs signed with Ed25519, which only this server can make (RFC 7519, RFC 8037). */

import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock, Instant } from '../base/clock.ts'
import { DomainError } from '../base/errors.ts'
import type { Role } from './caller.ts'
import { rolesAmong } from './level.ts'
import type { TokenKey } from './token-key.ts'

/** What a token says; `revision` is the one that the account had when it was issued. */
export interface TokenClaims {
  user: string
  roles: readonly Role[]
  revision: number
  /** Infinity for one that only a change of the account ends. */
  expiresAt: Instant
}

export interface Tokens {
  sign(claims: TokenClaims): Promise<string>
  /** @throws unauthenticated for a token that is not ours, not valid yet, or not valid any more */
  read(token: string): Promise<TokenClaims>
}

/** Of access tokens; whatever else is signed with the key has an issuer that only begins so (`yardmaster/session`). */
export const ISSUER = 'yardmaster'
export const ALGORITHM = 'EdDSA'
/** How far the clocks of two servers that share a key may be apart. */
export const SKEW_SECONDS = 5
/** Ours have about 300 characters; what is much longer is not even looked at. */
const LONGEST = 4096

export function createTokens(key: TokenKey, clock: Pick<Clock, 'now'>): Tokens {
  return {
    sign({ user, roles, revision, expiresAt }) {
      const token = new SignJWT({ roles: [...roles], rev: revision })
        .setProtectedHeader({ alg: ALGORITHM, typ: 'JWT' })
        .setIssuer(ISSUER)
        .setSubject(user)
        .setIssuedAt(Math.floor(clock.now() / 1000))
      if (Number.isFinite(expiresAt)) token.setExpirationTime(Math.floor(expiresAt / 1000))
      return token.sign(key.privateKey)
    },
    async read(token) {
      if (token.length > LONGEST) throw refused('the token is not one of this server')
      try {
        // The key is ours whatever `kid`, `jku` or `x5u` say; an unknown `crit` is refused by the library.
        const { payload } = await jwtVerify(token, key.publicKey, {
          algorithms: [ALGORITHM],
          issuer: ISSUER,
          requiredClaims: ['sub'],
          clockTolerance: SKEW_SECONDS,
          currentDate: new Date(clock.now()),
        })
        return readClaims(payload)
      } catch (error) {
        throw refused(sentenceOf(error), error)
      }
    },
  }
}

/** @throws Error for a token that is signed as ours and does not say what ours do */
export function readClaims({ sub, exp, rev, roles }: JWTPayload): TokenClaims {
  if (typeof sub !== 'string' || typeof rev !== 'number' || !Array.isArray(roles))
    throw new Error('claims of ours are missing')
  return { user: sub, roles: rolesAmong(roles), revision: rev, expiresAt: endOf(exp) }
}

/** The instant from which a token with the claim `exp` does not count any more. */
export function endOf(exp: number | undefined): Instant {
  return exp === undefined ? Number.POSITIVE_INFINITY : (exp + SKEW_SECONDS) * 1000
}

function sentenceOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired'
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf') return 'the token is not valid yet'
  return 'the token is not one of this server'
}

function refused(sentence: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', `${sentence}; sign in again`, {}, cause)
}
