/** The key of a line, `load_one,hostname=e0101,type=core,type-id=3`: what was measured, and where. */

import { BACKSLASH, COMMA, EQUALS, isEscapable } from './byte.ts'

export interface LineKey {
  measurement: string
  /** The last of a name counts. */
  tags: ReadonlyMap<string, string>
}

/** A tag without a name or `=` is passed over. */
export function readLineKey(bytes: Buffer, from: number, to: number): LineKey {
  const tags = new Map<string, string>()
  let at = endOfPart(bytes, from, to, COMMA)
  const measurement = unescaped(bytes, from, at)
  while (at < to) {
    const start = at + 1
    at = endOfPart(bytes, start, to, COMMA)
    const equals = endOfPart(bytes, start, at, EQUALS)
    if (equals < at && equals > start) tags.set(unescaped(bytes, start, equals), unescaped(bytes, equals + 1, at))
  }
  return { measurement, tags }
}

/** The first `end` that is not escaped, or `to`. */
function endOfPart(bytes: Uint8Array, from: number, to: number, end: number): number {
  let at = from
  while (at < to && bytes[at] !== end) at += bytes[at] === BACKSLASH && isEscapable(bytes[at + 1]) ? 2 : 1
  return Math.min(at, to)
}

/** The text of a name or tag without its escapes. */
export function unescaped(bytes: Buffer, from: number, to: number): string {
  if (bytes.subarray(from, to).indexOf(BACKSLASH) < 0) return bytes.toString('utf8', from, to)
  const kept: number[] = []
  for (let at = from; at < to; at += 1) {
    if (bytes[at] === BACKSLASH && at + 1 < to && isEscapable(bytes[at + 1])) at += 1
    kept.push(bytes[at]!)
  }
  return Buffer.from(kept).toString('utf8')
}
