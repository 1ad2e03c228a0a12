/** What is said to and by the fork server, as bytes and back; `fork-server.c` describes both forms. Pure. */

import type { ForkOrder } from './forker.ts'

/** @throws plain error for a text with NUL; the keeper refuses those before */
export function forkFrame(order: ForkOrder): Buffer {
  const { slot, nice, umask, argv, env, account, rundir, logfile } = order
  const texts = [account ?? '', rundir, logfile ?? '', ...argv, ...env]
  const body = Buffer.from(`${texts.join('\0')}\0`)
  return Buffer.concat([head('F', [slot, nice, umask, argv.length, env.length], body.length), body])
}

export function signalFrame(slot: number, signal: number, ticket: number): Buffer {
  return head('K', [slot, signal, ticket], 0)
}

function head(letter: string, numbers: readonly number[], restBytes: number): Buffer {
  const buffer = Buffer.allocUnsafe(5 + 4 * numbers.length)
  buffer.writeUInt32LE(1 + 4 * numbers.length + restBytes, 0)
  buffer.write(letter, 4, 'latin1')
  numbers.forEach((number, index) => {
    buffer.writeInt32LE(number | 0, 5 + 4 * index)
  })
  return buffer
}

/** The letter of a line and its numbers. */
export interface Report {
  letter: string
  numbers: number[]
}

/** Reads whole lines off a stream of bytes; the rest is kept for the next call. */
export function reportReader(): (chunk: Buffer) => Report[] {
  let rest = ''
  return (chunk) => {
    const lines = (rest + chunk.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    return lines.map(readReport)
  }
}

function readReport(line: string): Report {
  const [letter = '', ...words] = line.split(' ')
  return { letter, numbers: words.map(Number) }
}
