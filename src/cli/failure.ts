/** How a program of ours ends: its exit codes, and its last sentence on standard error. */

import { CommanderError } from 'commander'
import { isDomainError, messageOf, systemCodeOf } from '../base/errors.ts'

export const EXIT_OK = 0
export const EXIT_FAILED = 1
export const EXIT_USAGE = 2

/** The words of a command line are wrong; the sentence says which and what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What a person can act on without a stack: the server's refusal, a missing file, no server. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** Commander's own complaints are left to `runProgram`, which gives all of them one form; help passes. */
export const HELP_ONLY = {
  writeErr: (text: string) => void (text.startsWith('error:') || process.stderr.write(text)),
}

/** Runs a program to its end: what it throws becomes one sentence and an exit code. */
export async function runProgram(name: string, main: () => Promise<number>): Promise<void> {
  // A reader that went away (`nc list | head`) is not a failure.
  process.stdout.on('error', (error) => process.exit(systemCodeOf(error) === 'EPIPE' ? EXIT_OK : EXIT_FAILED))
  try {
    process.exitCode = await main()
  } catch (error) {
    process.exitCode = exitCodeOf(error)
    const sentence = sentenceOf(name, error)
    if (sentence) process.stderr.write(sentence)
  }
}

function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT_OK : EXIT_USAGE
  return error instanceof UsageError ? EXIT_USAGE : EXIT_FAILED
}

function sentenceOf(name: string, error: unknown): string {
  if (error instanceof CommanderError) {
    // Commander has printed help and version itself.
    return error.exitCode === 0 || error.code === 'commander.help'
      ? ''
      : `${name}: USER ERROR: ${error.message.replace(/^error: /, '')}\n`
  }
  if (error instanceof UsageError) return `${name}: USER ERROR: ${error.message}\n`
  if (error instanceof UserError || isDomainError(error)) return `${name}: USER ERROR: ${error.message}\n`
  if (systemCodeOf(error)) return `${name}: ERROR: ${messageOf(error)}\n`
  const stack = error instanceof Error ? error.stack : String(error)
  return `${name}: ERROR: this is a fault of ours; please report it:\n${stack}\n`
}
