/** Reads a JSON body, and says where and why it is none. */

import { DomainError } from '../base/errors.ts'

/**
 * The value of a body that a strict parser has refused: always throws, with the place and the likely cause.
 * @throws invalid
 */
export function complainAboutJson(text: string): never {
  try {
    JSON.parse(text)
  } catch (error) {
    throw new DomainError('invalid', `the body is not JSON: ${reasonOf(text, (error as Error).message)}`)
  }
  throw new DomainError('invalid', 'the body has a key "__proto__" or "constructor.prototype"; leave it out')
}

/** V8's reason without its excerpt of the text, which may hold a password. */
function reasonOf(text: string, message: string): string {
  const position = positionOf(text, message)
  if (position === undefined) return 'it must begin with { and hold "key": value pairs'
  const comma = trailingComma(text, position)
  if (comma !== undefined) return `remove the comma before ${text[position]} (at position ${comma})`
  if (position >= text.length) return `it ends too early, at position ${text.length}; a bracket or quote is not closed`
  return `${describe(text[position]!)} at position ${position}; keys and texts stand in double quotes, pairs are separated by commas`
}

function positionOf(text: string, message: string): number | undefined {
  const said = / at position (\d+)/.exec(message)
  if (said) return Number(said[1])
  return message.includes('end of JSON') ? text.length : undefined
}

function trailingComma(text: string, position: number): number | undefined {
  if (text[position] !== '}' && text[position] !== ']') return undefined
  const before = text.slice(0, position).trimEnd().length - 1
  return text[before] === ',' ? before : undefined
}

function describe(character: string): string {
  return /[\x21-\x7e]/.test(character) ? `unexpected ${character}` : 'unexpected character'
}
