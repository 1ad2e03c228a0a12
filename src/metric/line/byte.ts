/** The bytes that mean something in line protocol. */

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const QUOTE = 34
export const HASH = 35
export const PLUS = 43
export const COMMA = 44
export const MINUS = 45
export const DOT = 46
export const ZERO = 48
export const EQUALS = 61
export const BACKSLASH = 92

/** A backslash before anything else stands for itself (line protocol, "Special characters"). */
export function isEscapable(byte: number | undefined): boolean {
  return byte === SPACE || byte === COMMA || byte === EQUALS
}
