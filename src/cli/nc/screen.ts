/** The terminal, or whatever standard output is. */

import { once } from 'node:events'
import type { WriteStream } from 'node:tty'
import { printable } from '../terminal/text.ts'
import type { Environment, Screen } from './subcommand.ts'

export function createScreen(env: Environment, output: NodeJS.WriteStream = process.stdout): Screen {
  const terminal = output.isTTY ? (output as WriteStream) : undefined
  return {
    print: (line) => void output.write(`${line}\n`),
    json: (value) => void output.write(`${JSON.stringify(value, null, 2)}\n`),
    message: (sentence) => void process.stderr.write(`nc: message: ${printable(sentence)}\n`),
    refusal: (sentence) => void process.stderr.write(`nc: USER ERROR: ${printable(sentence)}\n`),
    async write(bytes) {
      if (!output.write(bytes)) await once(output, 'drain')
    },
    width: terminal?.columns,
    colours: terminal !== undefined && !env.NO_COLOR && env.TERM !== 'dumb',
  }
}
