/** What may be a key, a prefix or a range, wherever objects are kept. */

import { DomainError } from '../base/errors.ts'
import type { GetOptions } from './object-storage.ts'

/** The limit of S3, so that what one storage holds can be moved to the other. */
const KEY_BYTES = 1024
/** What this house keeps beside objects on a disk begins so. */
export const RESERVED = '.yardmaster-'

/** The parts of a key. @throws invalid */
export function partsOf(key: string): string[] {
  const parts = key.split('/')
  const wrong = wrongWith(key, parts)
  if (wrong !== undefined)
    throw new DomainError('invalid', `${JSON.stringify(key)} cannot be the key of an object: ${wrong}`)
  return parts
}

function wrongWith(key: string, parts: readonly string[]): string | undefined {
  if (key === '') return 'it is empty'
  if (!key.isWellFormed()) return 'it is not Unicode'
  if (Buffer.byteLength(key) > KEY_BYTES) return `it is longer than ${KEY_BYTES} bytes`
  if (key.includes('\0')) return 'it holds a NUL'
  if (parts.includes('')) return 'it begins or ends with a slash, or has two together'
  if (parts.includes('.') || parts.includes('..')) return 'one of its parts is . or ..'
  if (parts.some((part) => part.startsWith(RESERVED))) return `names with ${RESERVED} are taken`
  return undefined
}

/** The parts of a prefix, none of ''. @throws invalid */
export function partsOfPrefix(prefix: string): string[] {
  if (prefix === '') return []
  if (!prefix.endsWith('/'))
    throw new DomainError('invalid', `${JSON.stringify(prefix)} cannot be a prefix: it must end with a slash`)
  return partsOf(prefix.slice(0, -1))
}

/** The first byte and the one after the last. @throws invalid for a range outside the object */
export function boundsOf(sizeBytes: number, range: GetOptions['range']): { from: number; end: number } {
  if (range === undefined) return { from: 0, end: sizeBytes }
  checkRange(range)
  if (range.fromByte >= sizeBytes && range.fromByte > 0)
    throw new DomainError('invalid', `there is no byte ${range.fromByte}: the object has ${sizeBytes}`)
  return { from: range.fromByte, end: Math.min(sizeBytes, range.fromByte + (range.sizeBytes ?? sizeBytes)) }
}

/** @throws invalid */
export function checkRange({ fromByte, sizeBytes = 1 }: NonNullable<GetOptions['range']>): void {
  if (!Number.isSafeInteger(fromByte) || fromByte < 0 || !Number.isSafeInteger(sizeBytes) || sizeBytes < 1)
    throw new DomainError('invalid', 'a range begins at a byte from 0 on and has at least one byte')
}
