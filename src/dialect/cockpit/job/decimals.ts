/**
 * Numbers with two decimals as JSON, written digit by digit: the curves of a large job are a hundred thousand of them, and
 * a string for each takes ten times as long.
 */

/** Below it cents are whole numbers of 32 bits. */
const LARGEST_WRITTEN = 1e7
/** `-9999999.99,` */
const LONGEST_WRITTEN = 12
const LONGEST_OTHER = 32

const [COMMA, MINUS, POINT, ZERO, OPEN, CLOSE] = [0x2c, 0x2d, 0x2e, 0x30, 0x5b, 0x5d]

/** `[0.10,null,0.30]`; null for what is no finite number. */
export function decimalsText(values: Float64Array): string {
  const bytes = Buffer.allocUnsafe(values.length * spaceFor(values) + 2)
  let at = 0
  bytes[at++] = OPEN
  for (let index = 0; index < values.length; index++) {
    if (index > 0) bytes[at++] = COMMA
    at = write(bytes, at, values[index]!)
  }
  bytes[at++] = CLOSE
  return bytes.toString('latin1', 0, at)
}

export function decimalText(value: number): string {
  return decimalsText(Float64Array.of(value)).slice(1, -1)
}

function spaceFor(values: Float64Array): number {
  for (const value of values) if (!isWritten(value) && Number.isFinite(value)) return LONGEST_OTHER
  return LONGEST_WRITTEN
}

/** False for NaN as well. */
function isWritten(value: number): boolean {
  return value < LARGEST_WRITTEN && value > -LARGEST_WRITTEN
}

/** Answers the index after what was written. */
function write(bytes: Buffer, from: number, value: number): number {
  if (!isWritten(value)) return from + bytes.write(otherText(value), from, 'latin1')
  const cents = Math.round(value * 100)
  if (cents >= 0) return writeCents(bytes, from, cents)
  bytes[from] = MINUS
  return writeCents(bytes, from + 1, -cents)
}

/** Where `toFixed` would fall back to an exponent, the shortest form stands. */
function otherText(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  return Math.abs(value) < 1e20 ? value.toFixed(2) : String(value)
}

function writeCents(bytes: Buffer, from: number, cents: number): number {
  let whole = (cents / 100) | 0
  const fraction = cents - whole * 100
  const end = from + digitsOf(whole)
  let at = end
  do {
    const tenth = (whole / 10) | 0
    bytes[--at] = ZERO + whole - tenth * 10
    whole = tenth
  } while (whole > 0)
  const tens = (fraction / 10) | 0
  bytes[end] = POINT
  bytes[end + 1] = ZERO + tens
  bytes[end + 2] = ZERO + fraction - tens * 10
  return end + 3
}

function digitsOf(whole: number): number {
  let digits = 1
  for (let bound = 10; whole >= bound; bound *= 10) digits += 1
  return digits
}
