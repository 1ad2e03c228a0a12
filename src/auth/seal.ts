/**
 * Small facts that a browser keeps for us and cannot change: JWTs by the key of the tokens that are no tokens, since each
 * purpose has an issuer, an audience and a type of its own (RFC 8725, 3.11).
 */

import { type JWTPayload, jwtVerify, SignJWT } from 'jose'
import type { Clock, Instant } from '../base/clock.ts'
import { ALGORITHM, ISSUER } from './token.ts'
import type { TokenKey } from './token-key.ts'

export interface Seal {
  /** Good until `expiresAt`, cut to whole seconds. */
  seal(facts: JWTPayload, expiresAt: Instant): Promise<string>
  /** @throws Error for what is not sealed by us, for another purpose, or too old */
  read(text: string): Promise<JWTPayload>
}

/** A cookie holds no more. */
const LONGEST = 4096

export function createSeal(key: TokenKey, purpose: 'session' | 'openid', clock: Pick<Clock, 'now'>): Seal {
  const [issuer, audience, typ] = [`${ISSUER}/${purpose}`, `${ISSUER}/${purpose}`, `${purpose}+jwt`]
  return {
    seal(facts, expiresAt) {
      return new SignJWT(facts)
        .setProtectedHeader({ alg: ALGORITHM, typ })
        .setIssuer(issuer)
        .setAudience(audience)
        .setIssuedAt(Math.floor(clock.now() / 1000))
        .setExpirationTime(Math.floor(expiresAt / 1000))
        .sign(key.privateKey)
    },
    async read(text) {
      if (text.length > LONGEST) throw new Error('too long to be one')
      const currentDate = new Date(clock.now())
      const rules = { algorithms: [ALGORITHM], issuer, audience, typ, requiredClaims: ['exp'], currentDate }
      return (await jwtVerify(text, key.publicKey, rules)).payload
    },
  }
}
