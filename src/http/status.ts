/** Which HTTP status an expected refusal gets: the one table. */

import type { ErrorCode } from '../base/errors.ts'

export const STATUS: Readonly<Record<ErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  limited: 429,
  unavailable: 503,
}
