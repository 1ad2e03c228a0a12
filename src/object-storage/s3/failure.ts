/** What an S3 server or the way to it refused, as a sentence that never holds a key. */

import { S3ServiceException } from '@aws-sdk/client-s3'
import { DomainError, type ErrorCode, isDomainError, systemCodeOf } from '../../base/errors.ts'

interface Reading {
  code: ErrorCode
  reason: string
  /** What to do about it, where the reason does not say. */
  advice?: string
}

const unavailable = (reason: string, advice?: string): Reading => ({
  code: 'unavailable',
  reason,
  ...(advice !== undefined && { advice }),
})
const invalid = (reason: string): Reading => ({ code: 'invalid', reason })

const AGAIN = 'run it again'
const LATER = 'run it again later'
const KEYS = 'mend the credentials of the target'
const SHORTER = 'shorten the path'
const damaged = unavailable('what arrived at the server was damaged on the way', AGAIN)
const elsewhere = unavailable('the bucket is in another region: set the region')

const WORDS: Readonly<Record<string, Reading>> = {
  NoSuchKey: { code: 'not_found', reason: 'there is no such object' },
  NotFound: { code: 'not_found', reason: 'there is no such object' },
  NoSuchBucket: unavailable('there is no such bucket', 'make it, or mend its name in the settings'),
  AccessDenied: unavailable('these credentials may not do that', 'give them the right, or the target others'),
  InvalidAccessKeyId: unavailable('the server does not know the access key', KEYS),
  XAdminUserNotFound: unavailable('the server does not know the access key', KEYS),
  SignatureDoesNotMatch: unavailable('the secret key is not the one of the access key', KEYS),
  ExpiredToken: unavailable('the credentials have expired', KEYS),
  RequestTimeTooSkewed: unavailable("this machine's clock and the server's are too far apart", 'set the clock'),
  PermanentRedirect: elsewhere,
  AuthorizationHeaderMalformed: elsewhere,
  SlowDown: unavailable('the server asks to slow down', LATER),
  BadDigest: damaged,
  XAmzContentChecksumMismatch: damaged,
  XAmzContentSHA256Mismatch: damaged,
  PreconditionFailed: unavailable('the object was replaced while it was read; read it again'),
  QuotaExceeded: unavailable('the quota of the bucket is used up', 'make room in it'),
  TimeoutError: unavailable('the server does not answer in time', LATER),
  KeyTooLongError: invalid(`the server takes no keys as long: ${SHORTER}`),
  MetadataTooLarge: invalid(`the server takes no metadata as long: ${SHORTER}`),
  EntityTooLarge: invalid('the server takes no objects as large'),
  InvalidRange: invalid('the object has no byte in that range'),
  ECONNREFUSED: unavailable('nobody listens at its address (ECONNREFUSED)', 'start it, or mend the endpoint'),
  ENOTFOUND: unavailable('its address is not known (ENOTFOUND)', 'mend the endpoint'),
  EAI_AGAIN: unavailable('its address cannot be looked up (EAI_AGAIN)', LATER),
  ECONNRESET: unavailable('the connection was cut (ECONNRESET)', AGAIN),
  EPIPE: unavailable('the connection was cut (EPIPE)', AGAIN),
}

/** What may be said of an error: names, numbers, never a message of the server, which may repeat a key. */
interface Traits {
  name: string
  status: number | undefined
  attempts: number | undefined
  requestId: string | undefined
}

/** The error for the caller; a caller's own cancellation comes as it is. */
export function readFailure(doing: string, error: unknown): unknown {
  if (isDomainError(error) || (error as Error | null)?.name === 'AbortError') return error
  const traits = traitsOf(error)
  const { code, reason, advice } = readTraits(traits)
  const tries = traits.attempts !== undefined && traits.attempts > 1 ? ` (${traits.attempts} attempts)` : ''
  // No cause: the client's errors carry request and headers, and those the signature.
  const todo = advice === undefined ? '' : `; ${advice}`
  return new DomainError(code, `${doing}: ${reason}${tries}${todo}`, { ...traits })
}

function readTraits({ name, status }: Traits): Reading {
  const known = WORDS[name]
  if (known !== undefined) return known
  if (status === 403) return WORDS.AccessDenied!
  if (status === 301) return WORDS.PermanentRedirect!
  // To a question without a body the answer has none either, and so no reason.
  if (status === 400 && name === 'Unknown')
    return unavailable('the server answers 400 and gives no reason; most often region or path_style is not right')
  if (status === 409) return { code: 'conflict', reason: `another object stands in the way (${name})` }
  if (status !== undefined && status >= 300) return unavailable(`the server answers ${status} (${name})`, LATER)
  if (/^(CERT_|ERR_TLS|UNABLE_TO|DEPTH_ZERO|SELF_SIGNED)/.test(name))
    return unavailable(`its certificate is not trusted (${name})`, 'name that of its signer in NODE_EXTRA_CA_CERTS')
  return unavailable(`the server cannot be understood (${name})`)
}

function traitsOf(error: unknown): Traits {
  const metadata = (error as { $metadata?: S3ServiceException['$metadata'] } | null)?.$metadata
  const isAnswer = error instanceof S3ServiceException
  const name = (isAnswer ? undefined : systemCodeOf(error)) ?? (error instanceof Error ? error.name : typeof error)
  return {
    name: /^\w{1,60}$/.test(name) ? name : 'unknown',
    status: isAnswer ? metadata?.httpStatusCode : undefined,
    attempts: metadata?.attempts,
    requestId: metadata?.requestId,
  }
}
