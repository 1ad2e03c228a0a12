/** Numbers in paths and queries, refused in the words of Go's strconv (spec/cockpit.md 1.6). */

import { DomainError } from '../../base/errors.ts'

const LONGEST = 19

/** A whole number, with a sign or not. @throws invalid: `strconv.ParseInt: parsing "x": invalid syntax` */
export function readInteger(text: string): number {
  const complain = (reason: string) =>
    new DomainError('invalid', `strconv.ParseInt: parsing ${JSON.stringify(text.slice(0, 100))}: ${reason}`)
  if (!/^[+-]?\d+$/.test(text.slice(0, 100))) throw complain('invalid syntax')
  const number = text.length > LONGEST + 1 ? Number.NaN : Number(text)
  if (!Number.isSafeInteger(number)) throw complain('value out of range')
  return number + 0
}

/** The number in a path, with what the route calls it before the complaint. @throws invalid */
export function readPathNumber(text: string, complaint: string): number {
  try {
    return readInteger(text)
  } catch (error) {
    throw new DomainError('invalid', `${complaint}: ${(error as Error).message}`, {}, error)
  }
}
