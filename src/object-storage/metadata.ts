/** Metadata of objects: what it may be, and how it fits into headers, which are ASCII. */

import { DomainError } from '../base/errors.ts'

export type Metadata = Readonly<Record<string, string>>

/** The limit of S3 for all names and values together, as they are sent. */
const METADATA_BYTES = 2048

/** What was given, or none. @throws invalid */
export function checkMetadata(metadata: Metadata = {}): Metadata {
  const bad = Object.keys(metadata).find((name) => !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))
  if (bad !== undefined)
    throw new DomainError('invalid', `${JSON.stringify(bad)} cannot name metadata: write lower case, digits and -`)
  const sizeBytes = Object.entries(encodeMetadata(metadata)).flat().join('').length
  if (sizeBytes > METADATA_BYTES)
    throw new DomainError(
      'invalid',
      `${sizeBytes} bytes of metadata are more than the ${METADATA_BYTES} that an object can have`,
    )
  return metadata
}

/** Percent-encodes all but printable ASCII; spaces as well, since signing folds them. */
export function encodeMetadata(metadata: Metadata): Record<string, string> {
  const encode = (value: string) => value.toWellFormed().replace(/[^!-$&-~]+/g, encodeURIComponent)
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name, encode(value)]))
}

/** Values that other programs wrote and that are not percent-encoded come as they are. */
export function decodeMetadata(metadata: Metadata = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [name.toLowerCase(), decode(value)]))
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value)
  } catch {
    return value
  }
}
