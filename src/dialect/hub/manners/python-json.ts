/**
 * Where a text stops being JSON, in the sentences of CPython's `json` (Lib/json/decoder.py, Modules/_json.c up to 3.12),
 * which the original repeats to its clients. Runs only over what was refused already; loops instead of calling itself.
 */

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?/y
const LITERALS = ['null', 'true', 'false']
/** Python reads these, and the original refuses them by name. */
const CONSTANTS: Readonly<Record<string, string>> = { NaN: 'nan', Infinity: 'inf', '-Infinity': '-inf' }

/** Why `text`, which `JSON.parse` refuses, is none: `Expecting value: line 1 column 1 (char 0)`. */
export function complaintOf(text: string): string {
  if (text.startsWith('\ufeff')) return placed('Unexpected UTF-8 BOM (decode using utf-8-sig)', text, 0)
  try {
    const end = skip(text, walk(text, skip(text, 0)))
    return placed(end < text.length ? 'Extra data' : 'Expecting value', text, end)
  } catch (error) {
    if (error instanceof Broken) return error.at === null ? error.message : placed(error.message, text, error.at)
    throw error
  }
}

class Broken extends Error {
  readonly at: number | null

  constructor(message: string, at: number | null) {
    super(message)
    this.at = at
  }
}

/** Characters are counted as Python does, by code points. */
function placed(message: string, text: string, at: number): string {
  let [char, line, column] = [0, 1, 1]
  for (let index = 0; index < at; index += 1) {
    if (isLowHalf(text, index)) continue
    char += 1
    column += 1
    if (text[index] === '\n') [line, column] = [line + 1, 1]
  }
  return `${message}: line ${line} column ${column} (char ${char})`
}

/** The second half of a character that takes two. */
function isLowHalf(text: string, index: number): boolean {
  const code = text.charCodeAt(index)
  if (code < 0xdc00 || code > 0xdfff) return false
  const before = text.charCodeAt(index - 1)
  return before >= 0xd800 && before <= 0xdbff
}

/** The index after the value that begins at `from`. @throws Broken */
function walk(text: string, from: number): number {
  const open: ('{' | '[')[] = []
  let at = from
  for (;;) {
    const opened = text[at]
    if (opened === '{' || opened === '[') {
      const inside = skip(text, at + 1)
      if (text[inside] !== closing(opened)) {
        open.push(opened)
        at = opened === '{' ? memberValue(text, inside) : inside
        continue
      }
      at = inside + 1
    } else at = scalar(text, at)
    const next = afterValue(text, at, open)
    if (next.isDone) return next.at
    at = next.at
  }
}

/** Behind a value: closes what ends here, and goes to the value after the comma. */
function afterValue(text: string, from: number, open: ('{' | '[')[]): { at: number; isDone: boolean } {
  let at = from
  for (;;) {
    const inner = open.at(-1)
    if (inner === undefined) return { at, isDone: true }
    at = skip(text, at)
    if (text[at] === closing(inner)) {
      open.pop()
      at += 1
      continue
    }
    if (text[at] !== ',') throw new Broken("Expecting ',' delimiter", at)
    const next = skip(text, at + 1)
    return { at: inner === '{' ? memberValue(text, next) : next, isDone: false }
  }
}

/** The index of the value of the member that begins here. */
function memberValue(text: string, at: number): number {
  if (text[at] !== '"') throw new Broken('Expecting property name enclosed in double quotes', at)
  const colon = skip(text, endOfString(text, at))
  if (text[colon] !== ':') throw new Broken("Expecting ':' delimiter", colon)
  return skip(text, colon + 1)
}

function scalar(text: string, at: number): number {
  if (text[at] === '"') return endOfString(text, at)
  const literal = LITERALS.find((word) => text.startsWith(word, at))
  if (literal) return at + literal.length
  const constant = Object.keys(CONSTANTS).find((word) => text.startsWith(word, at))
  if (constant) throw new Broken(`Out of range float values are not JSON compliant: '${constant}'`, null)
  NUMBER.lastIndex = at
  const number = NUMBER.exec(text)
  if (!number) throw new Broken('Expecting value', at)
  return at + number[0].length
}

function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at += 1) {
    const character = text[at]!
    if (character === '"') return at + 1
    if (character === '\\') at = endOfEscape(text, at, begin)
    else if (character < ' ') throw new Broken('Invalid control character at', at)
  }
  throw new Broken('Unterminated string starting at', begin)
}

/** The index of the last character of an escape. */
function endOfEscape(text: string, at: number, begin: number): number {
  const letter = text[at + 1]
  if (letter === undefined) throw new Broken('Unterminated string starting at', begin)
  if (letter !== 'u') {
    if (!'"\\/bfnrt'.includes(letter)) throw new Broken('Invalid \\escape', at)
    return at + 1
  }
  if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 2, at + 6))) throw new Broken('Invalid \\uXXXX escape', at + 1)
  return at + 5
}

function closing(opened: '{' | '['): '}' | ']' {
  return opened === '{' ? '}' : ']'
}

function skip(text: string, at: number): number {
  SPACE.lastIndex = at
  return at + SPACE.exec(text)![0].length
}
