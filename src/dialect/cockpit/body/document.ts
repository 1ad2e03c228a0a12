/** A body's bytes made what a shape reads. */

import { DomainError, messageOf } from '../../../base/errors.ts'
import { complainAboutJson } from '../../../http/json-body.ts'
import { emptyOf, ROOT, type Shape } from './shape.ts'

/** What stands before the sentence; the clients' own routes differ in it (spec/cockpit.md 1.1). */
export type Complaint = 'parsing request body failed' | 'decoding request failed'

/** The first JSON value of a body, as `shape` reads it; whatever follows it is not looked at. @throws invalid */
export function readBody<Value>(body: unknown, shape: Shape<Value>, complaint: Complaint): Value {
  try {
    const value = firstValue(textOf(body))
    // A body that is null says nothing, so that it is what an empty structure or list is.
    return shape.read(value ?? emptyOf(shape), ROOT)
  } catch (error) {
    if (!(error instanceof DomainError)) throw error
    throw new DomainError('invalid', `${complaint}: ${error.message}`, error.details, error)
  }
}

/** What was sent, '' for nothing. */
export function textOf(body: unknown): string {
  if (!Buffer.isBuffer(body)) return ''
  const text = body.toString('utf8')
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

/** @throws invalid */
function firstValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (text.trim() === '') throw new DomainError('invalid', 'EOF')
    const end = endOfFirstValue(text)
    if (end < text.length) return parsePrefix(text, end)
    if (isCutShort(messageOf(error), text)) throw new DomainError('invalid', 'unexpected EOF')
    return complainAboutJson(text)
  }
}

/** V8 complains of the end of the text, or of the position after it. */
function isCutShort(reason: string, text: string): boolean {
  return reason.includes('end of JSON') || Number(/ at position (\d+)/.exec(reason)?.[1]) === text.length
}

function parsePrefix(text: string, end: number): unknown {
  const prefix = text.slice(0, end)
  try {
    return JSON.parse(prefix)
  } catch {
    return complainAboutJson(prefix)
  }
}

const OPENING = '{['
const CLOSING = '}]'

/** The index after the first value, without judging it; the text's length when it does not end. */
function endOfFirstValue(text: string): number {
  let at = text.length - text.trimStart().length
  if (!OPENING.includes(text[at]!) && text[at] !== '"') {
    const rest = text.slice(at).search(/[\s,{}[\]":]/)
    return rest < 1 ? text.length : at + rest
  }
  let depth = 0
  for (; at < text.length; at++) {
    const character = text[at]!
    if (character === '"') at = endOfString(text, at)
    else if (OPENING.includes(character)) depth += 1
    else if (CLOSING.includes(character)) depth -= 1
    if (depth === 0) return Math.min(at + 1, text.length)
  }
  return text.length
}

/** The index of the quote that ends the string which begins at `from`. */
function endOfString(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1
    else if (text[at] === '"') return at
  }
  return text.length
}
