/** Says where and why a body is not JSON, without repeating any of it, since it may hold a password. */

import { DomainError } from '../base/errors.ts'

/**
 * What is wrong with a body that a strict parser has refused; always throws.
 * @throws invalid, with the place and what to write instead
 */
export function complainAboutJson(text: string): never {
  if (reasonOf(text) === undefined) {
    throw new DomainError('invalid', 'the body has a key "__proto__" or "constructor.prototype"; leave it out')
  }
  throw new DomainError('invalid', `the body is not JSON: ${complaintAt(text, breakingPoint(text))}`)
}

/** V8's reason; undefined when the text is JSON. */
function reasonOf(text: string): string | undefined {
  try {
    JSON.parse(text)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Beyond this, looking for the place would cost more than it helps. */
const SEARCHED_LENGTH = 1 << 16

/**
 * Where the text stops being the beginning of JSON; its length when only the rest is missing, undefined when it is too
 * long to look. V8 tells the place for some mistakes only, so the shortest broken beginning is looked for.
 */
function breakingPoint(text: string): number | undefined {
  if (!isBroken(text)) return text.length
  if (text.length > SEARCHED_LENGTH) return undefined
  let [whole, broken] = [0, text.length]
  while (broken - whole > 1) {
    const middle = (whole + broken) >> 1
    if (isBroken(text.slice(0, middle))) broken = middle
    else whole = middle
  }
  return broken - 1
}

/** True when no text that begins so is JSON. */
function isBroken(beginning: string): boolean {
  const reason = reasonOf(beginning)
  if (reason === undefined || reason.includes('end of JSON')) return false
  return Number(/ at position (\d+)/.exec(reason)?.[1]) !== beginning.length
}

const LITERALS: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null', undefined: 'null' }

function complaintAt(text: string, position: number | undefined): string {
  if (position === undefined) return 'keys and texts stand in double quotes, pairs are separated by commas'
  if (position === text.length) return `it ends too early, at position ${position}; a bracket or quote is not closed`
  const [word = ''] = /^\w*/.exec(text.slice(position, position + 16)) ?? []
  if (Object.hasOwn(LITERALS, word)) return `write ${LITERALS[word]} instead of ${word} at position ${position}`
  const character = text[position]!
  const comma = text.slice(0, position).trimEnd().length - 1
  if ('}]'.includes(character) && text[comma] === ',') {
    return `remove the comma before ${character} (at position ${comma})`
  }
  if (character === "'") return `write double quotes instead of single ones (at position ${position})`
  return `unexpected ${nameOf(character)} at position ${position}; pairs are separated by commas, texts stand in double quotes`
}

/** One character betrays nothing; letters and digits are not named all the same. */
function nameOf(character: string): string {
  return /[!-/:-@[-`{-~]/.test(character) ? character : 'character'
}
