/**
 * Tcl as configuration files use it: commands of plain words. Braces, quotes, backslashes, comments and `;` mean what
 * they mean in Tcl; nothing is evaluated, so a word with a substitution in it is marked and left as it was written.
 */

export interface TclWord {
  text: string
  /** False for a word whose value only an interpreter would know (`$name`, `[command]`). */
  plain: boolean
}

export interface TclCommand {
  words: TclWord[]
  /** Where the command begins, from 1. */
  line: number
  /** Why the words cannot be trusted, in words: a brace or quote that never closes, text after a closing one. */
  problem?: string
}

/** A place in a text; the readers below move it on. */
interface Cursor {
  readonly text: string
  at: number
  problem?: string
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' }

export function readTcl(text: string): TclCommand[] {
  const cursor: Cursor = { text: text.replaceAll('\r\n', '\n'), at: 0 }
  const commands: TclCommand[] = []
  const lines = lineCounter(cursor.text)
  while (skipToCommand(cursor)) {
    const line = lines(cursor.at)
    const words = readWords(cursor)
    commands.push(cursor.problem === undefined ? { words, line } : { words, line, problem: cursor.problem })
    delete cursor.problem
  }
  return commands
}

/** The line of an offset; offsets must not go backwards. */
function lineCounter(text: string): (offset: number) => number {
  let line = 1
  let from = 0
  return (offset) => {
    for (; from < offset; from += 1) if (text[from] === '\n') line += 1
    return line
  }
}

/** Passes blanks, empty commands and comments; false at the end of the text. */
function skipToCommand(cursor: Cursor): boolean {
  for (;;) {
    while (/[\s;]/.test(charAt(cursor)) || isContinuation(cursor)) cursor.at += isContinuation(cursor) ? 2 : 1
    if (charAt(cursor) !== '#') return cursor.at < cursor.text.length
    while (cursor.at < cursor.text.length && charAt(cursor) !== '\n') cursor.at += charAt(cursor) === '\\' ? 2 : 1
  }
}

function readWords(cursor: Cursor): TclWord[] {
  const words: TclWord[] = []
  for (;;) {
    while (/[^\S\n]/.test(charAt(cursor)) || isContinuation(cursor)) cursor.at += isContinuation(cursor) ? 2 : 1
    if (isCommandEnd(cursor)) return words
    words.push(readWord(cursor))
  }
}

function readWord(cursor: Cursor): TclWord {
  const first = charAt(cursor)
  if (cursor.text.startsWith('{*}', cursor.at)) return { ...readBare(cursor), plain: false }
  if (first === '{') return closed(cursor, readBraced(cursor))
  if (first === '"') return closed(cursor, readQuoted(cursor))
  return readBare(cursor)
}

/** Braces keep everything as it stands; only a backslash before a newline becomes a blank. */
function readBraced(cursor: Cursor): TclWord {
  const from = cursor.at + 1
  let depth = 0
  for (; cursor.at < cursor.text.length; cursor.at += 1) {
    const char = charAt(cursor)
    if (char === '\\') cursor.at += 1
    else if (char === '{') depth += 1
    else if (char === '}') depth -= 1
    if (depth === 0) break
  }
  const text = cursor.text.slice(from, cursor.at).replaceAll(/\\\n[ \t]*/g, ' ')
  if (depth > 0) cursor.problem = 'an opening brace is never closed'
  cursor.at += 1
  return { text, plain: true }
}

function readQuoted(cursor: Cursor): TclWord {
  cursor.at += 1
  const word = readUntil(cursor, () => charAt(cursor) === '"')
  if (cursor.at >= cursor.text.length) cursor.problem = 'an opening quote is never closed'
  cursor.at += 1
  return word
}

function readBare(cursor: Cursor): TclWord {
  return readUntil(cursor, () => isCommandEnd(cursor) || /\s/.test(charAt(cursor)) || isContinuation(cursor))
}

/** Text up to `isEnd`, which is not asked within square brackets: a command in a word may hold blanks and semicolons. */
function readUntil(cursor: Cursor, isEnd: () => boolean): TclWord {
  let text = ''
  let plain = true
  let brackets = 0
  while (cursor.at < cursor.text.length && (brackets > 0 || !isEnd())) {
    const char = charAt(cursor)
    if (char === '$' || char === '[') plain = false
    if (char === '[') brackets += 1
    if (char === ']' && brackets > 0) brackets -= 1
    text += char === '\\' ? readEscape(cursor) : char
    cursor.at += 1
  }
  if (brackets > 0) cursor.problem = 'an opening bracket is never closed'
  return { text, plain }
}

/** The character that a backslash and what follows stand for; the cursor stays on the last of them. */
function readEscape(cursor: Cursor): string {
  cursor.at += 1
  const char = charAt(cursor)
  if (char !== '\n') return ESCAPES[char] ?? char
  while (/[ \t]/.test(cursor.text[cursor.at + 1] ?? '')) cursor.at += 1
  return ' '
}

/** A closing brace or quote ends its word; Tcl refuses what stands right behind it, and so do we. */
function closed(cursor: Cursor, word: TclWord): TclWord {
  if (isCommandEnd(cursor) || /\s/.test(charAt(cursor)) || isContinuation(cursor)) return word
  cursor.problem ??= 'a closing brace or quote must be followed by a blank'
  const rest = readBare(cursor)
  return { text: word.text + rest.text, plain: false }
}

function isCommandEnd(cursor: Cursor): boolean {
  const char = charAt(cursor)
  return char === '' || char === '\n' || char === ';'
}

function isContinuation(cursor: Cursor): boolean {
  return charAt(cursor) === '\\' && cursor.text[cursor.at + 1] === '\n'
}

function charAt(cursor: Cursor): string {
  return cursor.text[cursor.at] ?? ''
}
