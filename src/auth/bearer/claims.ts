/**
 * What a token of the record's door says: one of ours, or one that another program signed with the same pair, as
 * ClusterCockpit's own `-jwt` does (no issuer, no revision, an end only if somebody wished it). The sentences are those of
 * the original (spec/cockpit.md 2.2), for programs that look at them.
 */

import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose'
import type { Clock, Instant } from '../../base/clock.ts'
import { DomainError } from '../../base/errors.ts'
import type { Role } from '../caller.ts'
import { rolesAmong } from '../level.ts'
import { ALGORITHM, endOf, ISSUER, readClaims, SKEW_SECONDS } from '../token.ts'
import type { TokenKey } from '../token-key.ts'

export interface BearerClaims {
  user: string
  roles: readonly Role[]
  projects: readonly string[]
  /** Infinity for one without an end. */
  expiresAt: Instant
  /** Of the account, in a token of ours; null in another program's, which knows no accounts. */
  revision: number | null
}

const LONGEST_TOKEN = 8192
const LONGEST_NAME = 255
const ONLY_ED25519 = 'token is unverifiable: error while executing keyfunc: only Ed25519/EdDSA supported'
const UNREADABLE = 'token is malformed: its header, claims or signature cannot be read'
const NO_SUBJECT = "missing 'sub' claim in JWT"

/** @throws unauthenticated */
export async function readBearer(token: string, key: TokenKey, clock: Pick<Clock, 'now'>): Promise<BearerClaims> {
  checkForm(token)
  const payload = await verified(token, key, clock.now())
  if (typeof payload.sub !== 'string' || payload.sub === '' || payload.sub.length > LONGEST_NAME)
    throw refused(NO_SUBJECT)
  if (payload.iss === ISSUER) return readOurs(payload)
  if (String(payload.iss).startsWith(`${ISSUER}/`))
    throw refused('token has invalid claims: it was made for another purpose; send an access token')
  return {
    user: payload.sub,
    roles: rolesIn(payload.roles),
    projects: wordsIn(payload.projects),
    expiresAt: endOf(payload.exp),
    revision: null,
  }
}

/** What can be said without a key. */
function checkForm(token: string): void {
  if (token.length > LONGEST_TOKEN) throw refused(`token is malformed: it has more than ${LONGEST_TOKEN} characters`)
  if (token.split('.').length !== 3) throw refused('token is malformed: token contains an invalid number of segments')
  let algorithm: unknown
  try {
    algorithm = decodeProtectedHeader(token).alg
  } catch (error) {
    throw refused(UNREADABLE, error)
  }
  if (algorithm !== ALGORITHM) throw refused(ONLY_ED25519)
}

/** The key is ours whatever `kid`, `jku` or `x5u` say; an unknown `crit` is refused by the library. */
async function verified(token: string, key: TokenKey, now: Instant): Promise<JWTPayload> {
  const rules = { algorithms: [ALGORITHM], clockTolerance: SKEW_SECONDS, currentDate: new Date(now) }
  try {
    return (await jwtVerify(token, key.publicKey, rules)).payload
  } catch (error) {
    throw refused(sentenceOf(error), error)
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return 'token signature is invalid: ed25519: verification error'
  if (error instanceof errors.JWTExpired) return 'token has invalid claims: token is expired'
  if (error instanceof errors.JWTClaimValidationFailed) {
    const isEarly = error.claim === 'nbf' && error.reason === 'check_failed'
    return `token has invalid claims: ${isEarly ? 'token is not valid yet' : `${error.claim} cannot be read`}`
  }
  if (error instanceof errors.JOSENotSupported)
    return 'token is unverifiable: its header "crit" asks for what this server does not know'
  return UNREADABLE
}

function readOurs(payload: JWTPayload): BearerClaims {
  try {
    return { ...readClaims(payload), projects: [] }
  } catch (error) {
    throw refused('token has invalid claims: it says it is of this server, and is not', error)
  }
}

/** A role that nobody knows beside `api` makes an account no program that acts for everybody (spec/cockpit.md 2.3). */
function rolesIn(claim: unknown): Role[] {
  const words = wordsIn(claim)
  const roles = rolesAmong(words)
  const hasUnknown = words.some((word) => !roles.includes(word as Role))
  return hasUnknown && roles.length === 1 && roles[0] === 'api' ? [] : roles
}

function wordsIn(claim: unknown): string[] {
  return Array.isArray(claim) ? claim.filter((word) => typeof word === 'string') : []
}

function refused(sentence: string, cause?: unknown): DomainError {
  return new DomainError('unauthenticated', sentence, {}, cause)
}
