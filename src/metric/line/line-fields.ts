/** The part of a line behind its key, cut with care: quotes, escapes, several fields, anything at all. */

import { BACKSLASH, COMMA, CR, EQUALS, LF, QUOTE, SPACE, TAB } from './byte.ts'
import { unescaped } from './line-key.ts'

export interface Field {
  name: string
  /** Whether there is a `=`. */
  valued: boolean
  /** Where the value is written, quotes included. */
  from: number
  to: number
}

export interface LineFields {
  fields: Field[]
  /** Where the timestamp is written; empty for none. */
  timeFrom: number
  timeTo: number
  /** Of the newline that ends the line. */
  end: number
}

/** Undefined when a quoted text is open at `to`, since it may hold newlines; bytes up to `to` end in a newline. */
export function cutFields(bytes: Buffer, from: number, to: number): LineFields | undefined {
  const fields: Field[] = []
  let at = skipBlanks(bytes, from)
  while (!endsSet(bytes[at])) {
    const field = cutField(bytes, at, to)
    if (!field) return undefined
    fields.push(field)
    at = bytes[field.to] === COMMA ? field.to + 1 : field.to
  }
  const timeFrom = skipBlanks(bytes, at)
  const end = bytes.indexOf(LF, timeFrom)
  return { fields, timeFrom, timeTo: trimmedEnd(bytes, timeFrom, end), end }
}

/** Where the line ends behind fields that nobody wants; -1 where a quote makes that a matter for `cutFields`. */
export function plainEnd(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] !== LF && bytes[at] !== QUOTE) at += 1
  return bytes[at] === LF ? at : -1
}

/** Carriage return ends a line with the newline behind it. */
function endsSet(byte: number | undefined): boolean {
  return byte === SPACE || byte === LF || byte === CR
}

function endsValue(byte: number | undefined): boolean {
  return byte === COMMA || endsSet(byte)
}

function cutField(bytes: Buffer, from: number, to: number): Field | undefined {
  let at = from
  while (bytes[at] !== EQUALS && !endsValue(bytes[at])) at += step(bytes, at)
  const name = unescaped(bytes, from, at)
  if (bytes[at] !== EQUALS) return { name, valued: false, from: at, to: at }
  const start = at + 1
  if (bytes[start] !== QUOTE) return { name, valued: true, from: start, to: endOfValue(bytes, start) }
  const close = closingQuote(bytes, start + 1, to)
  return close < 0 ? undefined : { name, valued: true, from: start, to: endOfValue(bytes, close + 1) }
}

function step(bytes: Buffer, at: number): number {
  const next = bytes[at + 1]
  return bytes[at] === BACKSLASH && (next === EQUALS || next === COMMA || next === SPACE) ? 2 : 1
}

function endOfValue(bytes: Buffer, from: number): number {
  let at = from
  while (!endsValue(bytes[at])) at += 1
  return at
}

function closingQuote(bytes: Buffer, from: number, to: number): number {
  let at = from
  while (at < to && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1
  return at < to ? at : -1
}

export function skipBlanks(bytes: Buffer, from: number): number {
  let at = from
  while (bytes[at] === SPACE || bytes[at] === TAB) at += 1
  return at
}

function trimmedEnd(bytes: Buffer, from: number, to: number): number {
  let at = to
  while (at > from && (bytes[at - 1] === SPACE || bytes[at - 1] === CR || bytes[at - 1] === TAB)) at -= 1
  return at
}
