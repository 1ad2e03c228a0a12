/**
 * Numbers of line protocol by hand: `-1.5`, `.5`, `5.`, `2.066432e+06`, `4i`, `4u`; no hex, no NaN, no Infinity.
 *
 * A mantissa below 2^53 times or divided by a power of ten up to 10^22 is one operation on exact values, so the result is
 * the nearest double (Clinger 1990, the fast path of every strtod); only longer numbers pay for a text and `Number`.
 */

import { DOT, MINUS, PLUS, ZERO } from './byte.ts'

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => Number(`1e${exponent}`))
const SMALL_E = 0x65
const LARGE_E = 0x45
const SMALL_I = 0x69
const SMALL_U = 0x75
/** More would be slow to read, and nobody writes it. */
const MOST_BYTES = 400

export class NumberReader {
  /** What was read last. */
  value = 0
  #mantissa = 0

  /** Where the number that begins at `from` ends, or -1 where there is none; the bytes must end in one that is not of a number. */
  read(bytes: Buffer, from: number): number {
    const first = bytes[from]!
    const start = first === MINUS || first === PLUS ? from + 1 : from
    this.#mantissa = 0
    let at = this.#digits(bytes, start)
    let digits = at - start
    let decimals = 0
    if (bytes[at] === DOT) {
      const point = at + 1
      at = this.#digits(bytes, point)
      decimals = at - point
      digits += decimals
    } else if (bytes[at] === SMALL_I || bytes[at] === SMALL_U) {
      return this.#integer(bytes, from, at)
    }
    if (digits === 0) return -1
    const exponent = bytes[at]
    if (exponent === SMALL_E || exponent === LARGE_E) return this.#scientific(bytes, from, at)
    return this.#finish(bytes, from, at, -decimals)
  }

  #digits(bytes: Buffer, from: number): number {
    let mantissa = this.#mantissa
    let at = from
    for (let digit = bytes[at]! - ZERO; digit >= 0 && digit <= 9; digit = bytes[at]! - ZERO) {
      mantissa = mantissa * 10 + digit
      at += 1
    }
    this.#mantissa = mantissa
    return at
  }

  #integer(bytes: Buffer, from: number, suffix: number): number {
    const last = bytes[suffix - 1]! - ZERO
    if (suffix === from || !(last >= 0 && last <= 9)) return -1
    if (bytes[suffix] === SMALL_U && bytes[from] === MINUS) return -1
    const end = this.#finish(bytes, from, suffix, 0)
    return end < 0 ? -1 : end + 1
  }

  #scientific(bytes: Buffer, from: number, e: number): number {
    const sign = bytes[e + 1]
    const start = sign === MINUS || sign === PLUS ? e + 2 : e + 1
    const end = this.#digits(bytes, start)
    return end === start ? -1 : this.#spelled(bytes, from, end)
  }

  #finish(bytes: Buffer, from: number, end: number, exponent: number): number {
    const mantissa = this.#mantissa
    if (mantissa > Number.MAX_SAFE_INTEGER || exponent < -22) return this.#spelled(bytes, from, end)
    const size = exponent === 0 ? mantissa : mantissa / POWERS[-exponent]!
    this.value = bytes[from] === MINUS ? -size : size
    return end
  }

  #spelled(bytes: Buffer, from: number, end: number): number {
    if (end - from > MOST_BYTES) return -1
    this.value = Number(bytes.toString('latin1', from, end))
    return Number.isFinite(this.value) ? end : -1
  }
}
