/**
 * The argument `command` of `dynamo.custom.command`, split into words as a shell would before any name is put in: whatever
 * stands in the name of a file, or in a value, it stays within its word. Pure.
 */

import { basename } from 'node:path'
import { DomainError } from '../../base/errors.ts'
import type { Given } from './argument.ts'

/** A run for each path, or one for all of them, in a file with one a line. */
export const ONE = '{path}'
export const ALL = '{paths_file}'

const BLANKS = /\s+/y
/** In quotes of either kind, behind a backslash, or bare. */
const PIECE = /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)|([^\s"'\\]+)/sy
const NAMED = /\{([A-Za-z_][A-Za-z0-9_]*)\}/g
const SHELLS: readonly string[] = ['sh', 'bash', 'dash', 'zsh', 'ksh']

export interface CommandForm {
  words: readonly string[]
  form: typeof ONE | typeof ALL
}

/** Of a step with these arguments. @throws invalid, saying what to write instead */
export function readCommand(command: string, given: Given): CommandForm {
  const words = wordsOf(command)
  const [one, all] = [ONE, ALL].map((name) => words.some((text) => text.includes(name)))
  if (one === all)
    throw new DomainError('invalid', `command names either ${ONE}, to run once a path, or ${ALL}, to run once for all.`)
  checkShell(words, [ONE, ALL, ...Object.keys(given).map((name) => `{${name}}`)])
  return { words, form: one ? ONE : ALL }
}

/** The other arguments of the step, by `{NAME}` in a word; what names none of them stays as it is. */
export function withArguments(words: readonly string[], given: Given): string[] {
  return words.map((word) =>
    word.replace(NAMED, (written, name: string) => {
      const isGiven = name !== 'command' && Object.hasOwn(given, name) && written !== ONE && written !== ALL
      return isGiven ? textOf(given[name]) : written
    }),
  )
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** What stands in a script for a name, or a value, would be read as a part of the script. @throws invalid */
function checkShell([program = '', ...rest]: readonly string[], names: readonly string[]): void {
  const at = SHELLS.includes(basename(program)) ? rest.findIndex((word) => /^-\w*c$/.test(word)) : -1
  const script = at < 0 ? undefined : rest[at + 1]
  const name = names.find((each) => script?.includes(each))
  if (name !== undefined)
    throw new DomainError(
      'invalid',
      `command: ${program} would read what is put in for ${name} as commands; write ${program} ${rest[at]} '… "$1" …' ${program} ${name}.`,
    )
}

/** As a shell splits them, without any other meaning. @throws invalid */
export function wordsOf(command: string): string[] {
  const words: string[] = []
  for (let at = skip(BLANKS, command, 0); at < command.length; at = skip(BLANKS, command, at)) {
    let text = ''
    for (let piece = match(PIECE, command, at); piece; piece = match(PIECE, command, at)) {
      text += piece[1]?.replace(/\\(["\\$`])/g, '$1') ?? piece[2] ?? piece[3] ?? piece[4] ?? ''
      at += piece[0].length
    }
    if (at < command.length && !/\s/.test(command[at]!))
      throw new DomainError(
        'invalid',
        `command: a quote is not closed in ${JSON.stringify(command.slice(at, at + 40))}.`,
      )
    words.push(text)
  }
  if (words.length === 0 || words[0] === '') throw new DomainError('invalid', 'command names no program to run.')
  return words
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

function skip(pattern: RegExp, text: string, at: number): number {
  return at + (match(pattern, text, at)?.[0].length ?? 0)
}
