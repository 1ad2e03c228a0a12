/** A password, asked for on the terminal without showing it, or read from a file or a pipe. Never from an argument. */

import { openSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { text as textOf } from 'node:stream/consumers'
import { ReadStream, WriteStream } from 'node:tty'
import { UserError } from '../failure.ts'

/** Asks on the controlling terminal, whatever standard input and output are; undefined where there is none. */
export async function askPassword(prompt: string): Promise<string | undefined> {
  const descriptor = openTerminal()
  if (descriptor === undefined) return undefined
  const output = new WriteStream(descriptor)
  const input = new ReadStream(descriptor)
  try {
    // First deaf, then asking: what is typed ahead must not be shown either.
    input.setRawMode(true)
    output.write(prompt)
    return await readHidden(input)
  } finally {
    input.setRawMode(false)
    output.write('\n')
    input.destroy()
  }
}

function openTerminal(): number | undefined {
  try {
    return openSync('/dev/tty', 'r+')
  } catch {
    return undefined
  }
}

const INTERRUPT = '\u0003'
const FINISHED = ['\r', '\n', '\u0004']
const ERASE = ['\u007f', '\b']
const ERASE_ALL = '\u0015'

/** Letters up to Enter; Backspace and Ctrl-U correct, Ctrl-C gives up. */
async function readHidden(input: ReadStream): Promise<string> {
  let typed: string[] = []
  for await (const chunk of input.setEncoding('utf8')) {
    for (const letter of String(chunk)) {
      if (letter === INTERRUPT) throw new UserError('given up: no password')
      if (FINISHED.includes(letter)) return typed.join('')
      typed = edit(typed, letter)
    }
  }
  return typed.join('')
}

function edit(typed: string[], letter: string): string[] {
  if (letter === ERASE_ALL) return []
  return ERASE.includes(letter) ? typed.slice(0, -1) : [...typed, letter]
}

/** The first line of a file. @throws UserError when others can read it */
export async function readPasswordFile(path: string): Promise<string> {
  await using file = await open(path, 'r')
  const { mode } = await file.stat()
  if ((mode & 0o077) !== 0) throw new UserError(`others can read the password file ${path}; run: chmod 600 ${path}`)
  return firstLine(await file.readFile('utf8'))
}

/** The first line of standard input. */
export async function readPasswordStdin(): Promise<string> {
  const password = firstLine(await textOf(process.stdin))
  if (password) return password
  throw new UserError('standard input held no password; pipe it in: printf %s "$PASSWORD" | …')
}

function firstLine(text: string): string {
  return text.split(/\r?\n/)[0] ?? ''
}
