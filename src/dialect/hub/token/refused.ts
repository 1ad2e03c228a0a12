/** What a client is told of a token that does not count: by the cause, as djangorestframework-simplejwt 5.5 has it. */

import type { TokenFault } from '../../../auth/hub/hub-token.ts'
import type { DomainError } from '../../../base/errors.ts'
import { CHALLENGE, Refused } from '../manners/refused.ts'

const NOT_VALID = 'token_not_valid'

/** Of an access token with which somebody came; undefined where no token was the cause. */
export function tokenRefused({ details, message }: DomainError): Refused | undefined {
  const fault = details.fault as TokenFault | undefined
  if (fault === undefined) return undefined
  if (fault === 'user_gone') return challenged({ detail: message, code: 'user_not_found' })
  if (fault === 'no_user') return challenged({ detail: message, code: NOT_VALID })
  return challenged({
    detail: 'Given token not valid for any token type',
    code: NOT_VALID,
    messages: [{ token_class: 'AccessToken', token_type: 'access', message }],
  })
}

/** Of a token that was sent to be refreshed or verified. */
export function sentTokenRefused({ details, message }: DomainError): Refused {
  if (details.fault === 'user_gone') return challenged({ detail: 'No active account found for the given token.' })
  return challenged({ detail: message, code: NOT_VALID })
}

export function headerRefused(): Refused {
  return challenged({
    detail: 'Authorization header must contain two space-delimited values',
    code: 'bad_authorization_header',
  })
}

export function passwordRefused(): Refused {
  return challenged({ detail: 'No active account found with the given credentials' })
}

function challenged(body: Record<string, unknown>): Refused {
  return new Refused(401, body, CHALLENGE)
}
