/** `nc run`: submits one job, or many, and waits for them if asked to. */

import { createReadStream } from 'node:fs'
import { systemClock } from '../../../base/clock.ts'
import { padId } from '../../../base/id.ts'
import type { Session } from '../../client/session.ts'
import { EXIT_OK, UsageError, UserError } from '../../failure.ts'
import { commandOf } from '../../shell-words.ts'
import { count } from '../../terminal/text.ts'
import type { Invocation, Subcommand } from '../subcommand.ts'
import { waitFor } from '../watch/wait.ts'
import { type Description, describeJobs } from './description.ts'
import { defineRun, type RunOptions, refuseWithoutMeaning } from './run-options.ts'

export const run: Subcommand = {
  name: 'run',
  summary: 'submit a job; what follows the options is its command',
  words: '[--] COMMAND [ARGUMENT…]',
  commandFollows: true,
  define: defineRun,
  async act(call) {
    refuseWithoutMeaning(call.options)
    const options = call.options as unknown as RunOptions
    const commands = await commandsOf(call, options)
    const session = await call.session()
    const asked = { options, env: call.env, cwd: call.cwd, user: session.user, now: new Date(systemClock.now()) }
    const ids = await submitAll(session, [...describeJobs(commands, asked)], call)
    if (!options.wait && !options.wl) return EXIT_OK
    return waitFor(ids, { session, screen: call.screen, follow: options.wl === true, json: options.json === true })
  },
}

/** The command on the command line, or the lines of `-f FILE`. */
async function commandsOf(call: Invocation, options: RunOptions): Promise<string[]> {
  if (options.file === undefined) return [commandFrom(call.words, options)]
  if (call.words.length > 0) throw new UsageError('give either a command or -f FILE, not both')
  const commands = await linesOf(options.file)
  if (commands.length === 0) throw new UserError(`${options.file} holds no command: write one a line`)
  return commands
}

function commandFrom(words: readonly string[], { resources }: RunOptions): string {
  const command = commandOf(words)
  if (command.trim() !== '') return command
  if (resources && resources.length > 1) {
    throw new UsageError(
      `no command: everything after -r was read as resources (${resources.join(' ')}); put -- before the command`,
    )
  }
  throw new UsageError('no command: nc run [OPTIONS] COMMAND …; "nc help run" shows the options')
}

/** Lines that are neither empty nor comments. */
async function linesOf(file: string): Promise<string[]> {
  const input = file === '-' ? process.stdin : createReadStream(file)
  const { createInterface } = await import('node:readline')
  const commands: string[] = []
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '' && !line.trim().startsWith('#')) commands.push(line.trim())
  }
  return commands
}

/** As many at once as there are connections; the ids come in the order of the jobs. */
const AT_ONCE = 16

async function submitAll(session: Session, descriptions: readonly Description[], call: Invocation): Promise<number[]> {
  const ids: number[] = []
  try {
    for (let from = 0; from < descriptions.length; from += AT_ONCE) {
      await submitSome(session, descriptions.slice(from, from + AT_ONCE), (id, description) => {
        ids.push(id)
        announce(id, description, call)
      })
    }
  } catch (error) {
    throw stopped(error, ids.length, descriptions.length)
  } finally {
    // Also after a failure: what was submitted is told.
    if (call.options.json) call.screen.json(descriptions.length === 1 ? ids.map(idOf)[0] : ids.map(idOf))
  }
  return ids
}

/** @throws the first failure, once all have an answer and the good ones are told */
async function submitSome(
  session: Session,
  descriptions: readonly Description[],
  tell: (id: number, description: Description) => void,
): Promise<void> {
  const results = await Promise.allSettled(descriptions.map((description) => submit(session, description)))
  results.forEach((result, at) => {
    if (result.status === 'fulfilled') tell(result.value, descriptions[at]!)
  })
  const failed = results.find((result) => result.status === 'rejected')
  if (failed) throw failed.reason
}

async function submit(session: Session, description: Description): Promise<number> {
  const { jobid } = await session.call<{ jobid: number }>({ method: 'POST', path: '/jobs', body: description })
  return Number(jobid)
}

function idOf(jobid: number) {
  return { jobid, id: padId(jobid) }
}

/** `-v 0` prints the id alone, for scripts; `-v 3` also what was sent. */
function announce(
  id: number,
  { resources, env, logfile, command }: Description,
  { options, screen }: Invocation,
): void {
  if (options.json) return
  if (options.verbosity >= 3) {
    screen.print(`Resources= ${resources ?? ''}`)
    screen.print(`Env      = ${env}`)
    screen.print(`Command  = ${command}`)
    screen.print(`Logfile  = ${logfile}`)
  }
  screen.print(options.verbosity === 0 ? padId(id) : `Job <${padId(id)}> is submitted`)
}

function stopped(reason: unknown, done: number, all: number): unknown {
  if (all === 1 || !(reason instanceof UserError)) return reason
  return new UserError(
    `${reason.message} (${count(done, 'job')} of ${all} submitted before that; the rest was not sent)`,
  )
}
