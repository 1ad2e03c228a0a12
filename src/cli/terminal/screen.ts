/** The terminal, or whatever standard output is. */

import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { printable } from './text.ts'

/** Where a subcommand writes. */
export interface Screen {
  /** A line for whoever reads the result. */
  print(line: string): void
  /** The `--json` twin: one value. */
  json(value: unknown): void
  /** A sentence beside the result, on standard error: `nc: message: …`. */
  message(sentence: string): void
  /** Something was refused, and the rest goes on. */
  refusal(sentence: string): void
  /** Bytes of a job's log. */
  write(bytes: Uint8Array): Promise<void>
  /** Columns of the terminal; undefined where lines may be as long as they are. */
  width: number | undefined
  colours: boolean
}

/** `program` begins the sentences on standard error. */
export function createScreen(program: string, env: Readonly<Record<string, string | undefined>>): Screen {
  const output = process.stdout
  const terminal = output.isTTY ? (output as WriteStream) : undefined
  return {
    print: (line) => void output.write(`${line}\n`),
    json: (value) => void output.write(`${JSON.stringify(value, null, 2)}\n`),
    message: (sentence) => void process.stderr.write(`${program}: message: ${printable(sentence)}\n`),
    refusal: (sentence) => void process.stderr.write(`${program}: USER ERROR: ${printable(sentence)}\n`),
    async write(bytes) {
      if (!output.write(bytes)) await once(output, 'drain')
    },
    width: terminal?.columns,
    colours: terminal !== undefined && !env.NO_COLOR && env.TERM !== 'dumb',
  }
}
