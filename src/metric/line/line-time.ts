/** Timestamps of line protocol, whose unit is guessed by how large they are (spec/cockpit.md 4.1). */

import type { Instant } from '../../base/clock.ts'
import { MINUS, ZERO } from './byte.ts'

/** Seconds reach the year 5138 below it, milliseconds begin in 1973 above it; likewise each step of a thousand. */
const MOST_SECONDS = 1e11
const MOST_MILLISECONDS = 1e14
const MOST_MICROSECONDS = 1e17
const MOST_DIGITS = 19

export class TimeReader {
  /** What was read last. */
  value: Instant = 0

  /** Where the timestamp that begins at `from` ends, or -1 where there is none. */
  read(bytes: Uint8Array, from: number): number {
    const start = bytes[from] === MINUS ? from + 1 : from
    let at = start
    let count = 0
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      count = count * 10 + digit
      at += 1
    }
    if (at === start || at - start > MOST_DIGITS) return -1
    const instant = inMilliseconds(count)
    this.value = start === from ? instant : -instant
    return at
  }
}

function inMilliseconds(count: number): Instant {
  if (count < MOST_SECONDS) return count * 1000
  if (count < MOST_MILLISECONDS) return count
  return count < MOST_MICROSECONDS ? count / 1000 : count / 1e6
}
