/** One run of a user's program: its rights, what it said last, and its end when nobody wants it any more. */

import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import type { Clock } from '../../base/clock.ts'
import { systemCodeOf } from '../../base/errors.ts'
import type { Identity } from '../task-order.ts'

export interface CommandParts {
  /** null for the process's own account. */
  identity: Identity | null
  variables: Readonly<Record<string, string>>
  clock: Clock
  /** Aborted when it is to end. */
  dropping: AbortSignal
}

export interface CommandEnd {
  /** What it said last, or how it ended; null when it ended well. */
  problem: string | null
  /** It was ended because the task was stopped. */
  stopped: boolean
}

const PATH = '/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin'
const TAIL_LENGTH = 4096
const MOST_SAID = 500
/** Asked to end, a command has this long before it is ended. */
const GRACE_MS = 5000
/** What it said before its end has come by then; what it left in the background may hold its output open for longer. */
const LAST_WORDS_MS = 1000

export function runCommand(words: readonly string[], parts: CommandParts): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const [program = '', ...args] = withRights(words, parts.identity)
    const child = spawn(program, args, { cwd: '/', env: environmentOf(parts), stdio: ['ignore', 'pipe', 'pipe'] })
    // What is printed may come out last, where a program keeps it until its end.
    const [complaints, printed] = [new Tail(child.stderr), new Tail(child.stdout)]
    let stopped = false
    const cancelWatch = watch(child, parts, () => (stopped = true))
    const finish = (problem: string | null) => {
      cancelWatch()
      // What it left in the background holds them open.
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ problem, stopped })
    }
    child.on('error', (error) => finish(`${words[0]} cannot be run (${systemCodeOf(error) ?? error.message})`))
    child.on('exit', (code, signal) => {
      const tell = () =>
        finish(code === 0 ? null : complaints.lastLine() || printed.lastLine() || howEnded(code, signal))
      child.on('close', tell)
      parts.clock.after(LAST_WORDS_MS, tell)
    })
  })
}

/** All groups of the account, and none of the server's. */
function withRights(words: readonly string[], identity: Identity | null): readonly string[] {
  if (identity === null) return words
  const groups = identity.groups.length > 0 ? `--groups=${identity.groups.join(',')}` : '--clear-groups'
  return ['setpriv', `--reuid=${identity.uid}`, `--regid=${identity.gid}`, groups, '--inh-caps=-all', '--', ...words]
}

function environmentOf({ identity, variables }: CommandParts): Record<string, string> {
  const who = identity === null ? {} : { USER: identity.name, LOGNAME: identity.name }
  return { PATH, LANG: process.env.LANG ?? 'C.UTF-8', ...who, ...variables }
}

/** Ends it once the task is stopped: it is asked first. */
function watch(child: ChildProcess, { clock, dropping }: CommandParts, noted: () => void): () => void {
  let cancelKill = () => {}
  const end = () => {
    noted()
    child.kill('SIGTERM')
    cancelKill = clock.after(GRACE_MS, () => child.kill('SIGKILL'))
  }
  if (dropping.aborted) end()
  else dropping.addEventListener('abort', end, { once: true })
  return () => {
    dropping.removeEventListener('abort', end)
    cancelKill()
  }
}

function howEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `it exited with status ${code}` : `it was ended by ${signal}`
}

/** The end of what a program says. */
class Tail {
  #text = ''

  constructor(stream: Readable) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      this.#text = (this.#text + chunk).slice(-TAIL_LENGTH)
    })
    stream.on('error', () => {})
  }

  lastLine(): string {
    return this.#text.trimEnd().split('\n').at(-1)?.trim().slice(0, MOST_SAID) ?? ''
  }
}
