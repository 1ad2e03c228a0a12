/** What every subcommand of `nc` is made of, and what it is handed. */

import type { Command } from 'commander'
import type { Session } from '../client/session.ts'
import type { Screen } from '../terminal/screen.ts'

export interface Subcommand {
  name: string
  summary: string
  /** The words after the options, as help shows them: `<id...>`. */
  words: string
  /** Words from the first that is no option belong to another command. */
  commandFollows?: boolean
  /** Adds its own options; those of every subcommand are there already. */
  define?(command: Command): void
  /** The answer is the exit code. */
  act(call: Invocation): Promise<number>
}

/** The options that every subcommand takes. */
export interface CommonOptions {
  queue?: string
  url?: string
  user?: string
  json?: boolean
  /** 0 says the least. */
  verbosity: number
  insecure?: boolean
}

export type Environment = Readonly<Record<string, string | undefined>>

export interface Invocation {
  words: readonly string[]
  // Commander gives untyped values; each subcommand names the type of its own.
  options: CommonOptions & Record<string, unknown>
  env: Environment
  cwd: string
  /** Signs in no sooner than the first request. */
  session(): Promise<Session>
  /** The address of the queue, without signing in. */
  url(): Promise<string>
  screen: Screen
}
