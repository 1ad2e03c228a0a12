/** Why a sign-in through an OpenID provider failed, for the person at the browser. */

import * as client from 'openid-client'
import { DomainError, isDomainError, messageOf, systemCodeOf } from '../../base/errors.ts'

const BEGIN_AGAIN = 'begin the sign-in again'
/** Ours to set right, not the person's. */
const SETUP_ERRORS = ['invalid_client', 'unauthorized_client', 'unsupported_grant_type', 'server_error']

export function failure(error: unknown): DomainError {
  if (isDomainError(error)) return error
  if (error instanceof client.AuthorizationResponseError) return refusal(error.error, error)
  if (error instanceof client.ResponseBodyError) {
    const isOurs = error.status >= 500 || SETUP_ERRORS.includes(error.error)
    return isOurs ? unreachable(error) : refusal(error.error, error)
  }
  if (isOutOfReach(error)) return unreachable(error)
  const details = { reason: messageOf(error), code: systemCodeOf(error) }
  return new DomainError(
    'unauthenticated',
    `the answer of the OpenID provider is not right; ${BEGIN_AGAIN}`,
    details,
    error,
  )
}

export function unreachable(error: unknown): DomainError {
  const sentence = 'the OpenID provider cannot be asked at this moment; try again later'
  return new DomainError('unavailable', sentence, { reason: messageOf(error), code: systemCodeOf(error) }, error)
}

/** The word comes with the address that the browser was sent to, and is shown only if it looks like one. */
function refusal(word: string, error: Error): DomainError {
  const shown = /^[a-z_]{1,64}$/.test(word) ? ` (${word})` : ''
  return new DomainError(
    'unauthenticated',
    `the OpenID provider refused the sign-in${shown}; ${BEGIN_AGAIN}`,
    {},
    error,
  )
}

function isOutOfReach(error: unknown): boolean {
  const code = systemCodeOf(error)
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_RESPONSE_IS_NOT_CONFORM') return true
  return error instanceof TypeError && error.message === 'fetch failed'
}
