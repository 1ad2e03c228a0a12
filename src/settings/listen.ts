/** Where a door listens. */

import { DomainError } from '../base/errors.ts'

/** `host` is empty for all interfaces; port 0 asks for a free one. */
export interface Listen {
  host: string
  port: number
}

/** The pattern of an address has been checked; what is left to check is the port's size. @throws invalid */
export function readListen(text: string): Listen | null {
  if (text === 'off') return null
  const colon = text.lastIndexOf(':')
  const port = Number(text.slice(colon + 1))
  if (port > 65_535) throw new DomainError('invalid', `${text}: a port is at most 65535`)
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port }
}
