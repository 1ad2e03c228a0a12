/** Tokens made by hand: any header, any payload, any signature. */

import { sign } from 'node:crypto'
import type { TokenKey } from '../../src/auth/token-key.ts'

export const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed by `signer`; by default with the right key. */
export function forge(
  key: TokenKey,
  header: object,
  payload: object,
  signer = (text: string): Buffer => sign(null, Buffer.from(text), key.privateKey),
): string {
  const text = `${encode(header)}.${encode(payload)}`
  return `${text}.${signer(text).toString('base64url')}`
}
